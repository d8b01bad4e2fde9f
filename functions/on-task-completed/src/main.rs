//! `on-task-completed` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(on_task_completed::function)
}
