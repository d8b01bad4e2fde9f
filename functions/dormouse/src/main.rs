//! `dormouse`: every function in one process, and the operator's commands.

use clap::Parser;

fn main() -> std::process::ExitCode {
    runtime::run::exit_code(dormouse::run(dormouse::cli::Arguments::parse()))
}
