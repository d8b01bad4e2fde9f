//! `complete-task` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(complete_task::function)
}
