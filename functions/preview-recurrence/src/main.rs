//! `preview-recurrence` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run_stateless(preview_recurrence::function)
}
