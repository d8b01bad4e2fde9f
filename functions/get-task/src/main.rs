//! `get-task` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(get_task::function)
}
