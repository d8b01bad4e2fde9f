//! The operator's commands. What they print is theirs to read, and goes to standard output.

pub mod dead_letters;
pub mod era;
mod terminal;
pub mod token;
pub mod verify;

use std::io::Write;

/// Explains what was printed, where it does not get into what reads that.
fn explain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints lines, with nothing in them that a terminal would obey; a reader that went away, such as `head`, is no failure.
fn print(lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(std::io::stdout(), "{}", terminal::harmless(line));
    }
}
