//! `on-reminder-due` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(on_reminder_due::function)
}
