//! `create-task` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(create_task::function)
}
