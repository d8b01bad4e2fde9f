//! `delete-task` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(delete_task::function)
}
