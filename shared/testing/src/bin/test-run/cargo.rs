//! `cargo test`, its output echoed and added up.

use std::{
    ffi::OsString,
    io::Write,
    process::{ExitCode, Stdio},
};

use anyhow::Context;
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use testing::server::VARIABLE;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
};

use crate::totals::Totals;

/// Runs the tests on the server at `url`, or on the one that the environment names, until they end or `stop` gives an
/// exit code.
pub(crate) async fn test(url: Option<String>, mut stop: impl Future<Output = u8> + Unpin) -> anyhow::Result<ExitCode> {
    let mut child = command(url).spawn().context("cannot run cargo")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let mut totals = Totals::default();
    let stopped = tokio::select! {
        added = add_up(output, &mut totals) => added.map(|()| None)?,
        code = &mut stop => Some(code),
    };
    if let Some(code) = stopped {
        end(&mut child).await?;
        return Ok(ExitCode::from(code));
    }
    let is_good = child.wait().await?.success();
    writeln!(std::io::stdout(), "{totals}")?;
    let has_passed = is_good && totals.ran() > 0;
    Ok(if has_passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn command(url: Option<String>) -> Command {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let names_package = arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| {
            let text = argument.to_string_lossy();
            text == "--workspace" || text.starts_with("-p") || text.starts_with("--package")
        });
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg("test");
    if !names_package {
        command.arg("--workspace");
    }
    if !arguments.iter().any(|argument| argument == "--no-fail-fast") {
        // One crate's failure must not hide another's.
        command.arg("--no-fail-fast");
    }
    command.args(arguments).envs(url.map(|url| (VARIABLE, url)));
    // What `cargo run` says about this package would make cargo rebuild those whose build scripts look at it.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    // A group of its own, so that what cargo started can be ended with it.
    command.stdout(Stdio::piped()).process_group(0).kill_on_drop(true);
    command
}

async fn add_up(output: impl AsyncRead + Unpin, totals: &mut Totals) -> anyhow::Result<()> {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).await? > 0 {
        std::io::stdout().write_all(&line)?;
        totals.add(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}

async fn end(child: &mut Child) -> anyhow::Result<()> {
    if let Some(id) = child.id() {
        killpg(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
    }
    child.wait().await?;
    Ok(())
}
