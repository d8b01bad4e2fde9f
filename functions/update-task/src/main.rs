//! `update-task` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(update_task::function)
}
