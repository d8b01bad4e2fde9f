//! `gateway` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run_job(gateway::serve)
}
