//! `relay-log` in a container of its own; with `create-topics`, a job before the first of everything.

use std::process::ExitCode;

use runtime::run::exit_code;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let settings = match kafka::Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => settings,
        Err(error) => return exit_code(Err(error.into())),
    };
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => runtime::run(|app| relay_log::function(app, settings)),
        ["create-topics"] => runtime::run_job(async |_| relay_log::create_topics(&settings).await),
        _ => exit_code(Err(anyhow::anyhow!("relay-log takes nothing, or create-topics"))),
    }
}
