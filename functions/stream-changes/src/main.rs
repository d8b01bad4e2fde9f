//! `stream-changes` in a container of its own.

fn main() -> std::process::ExitCode {
    runtime::run(stream_changes::function)
}
