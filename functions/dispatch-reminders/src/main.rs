//! `dispatch-reminders` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(dispatch_reminders::function)
}
