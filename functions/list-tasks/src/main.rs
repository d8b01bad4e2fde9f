//! `list-tasks` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(list_tasks::function)
}
