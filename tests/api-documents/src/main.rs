//! Checks that the API's documents in `docs` are what the functions say of themselves, or renews them. It stands apart
//! from what serves them, which has them compiled in.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail, ensure};
use api_description::{asyncapi, openapi};
use utoipa::OpenApi;

fn main() -> ExitCode {
    match run(std::env::args().nth(1).as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<&str>) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .canonicalize()?;
    for (name, fresh) in documents()? {
        let path = folder.join(name);
        match command {
            Some("check") => check(&path, &fresh)?,
            Some("renew") => renew(&path, &fresh)?,
            _ => bail!("say check or renew"),
        }
    }
    Ok(())
}

fn documents() -> anyhow::Result<Vec<(&'static str, String)>> {
    let openapi = openapi::join([
        create_task::Description::openapi(),
        get_task::Description::openapi(),
        list_tasks::Description::openapi(),
        update_task::Description::openapi(),
        delete_task::Description::openapi(),
        complete_task::Description::openapi(),
        preview_recurrence::Description::openapi(),
        notifications::Description::openapi(),
        stream_changes::Description::openapi(),
    ]);
    Ok(vec![
        ("openapi.json", format!("{}\n", serde_json::to_string_pretty(&openapi)?)),
        ("asyncapi.yaml", yaml_serde::to_string(&asyncapi::document())?),
    ])
}

fn check(path: &PathBuf, fresh: &str) -> anyhow::Result<()> {
    let committed = fs::read_to_string(path).unwrap_or_default();
    ensure!(
        committed == fresh,
        "{} is out of date: run `make api-documents` and commit what it changes",
        path.display()
    );
    Ok(())
}

fn renew(path: &PathBuf, fresh: &str) -> anyhow::Result<()> {
    fs::write(path, fresh).with_context(|| format!("cannot write {}", path.display()))
}
