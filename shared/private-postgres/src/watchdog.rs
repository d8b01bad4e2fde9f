//! Does what is to be done when we are gone and can no longer do it.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::error::Error;

/// A shell that waits for our end of a pipe to close, which the operating system does however we end, and then runs a
/// script. Dropping this closes the pipe too; [`Watchdog::call_off`] ends the shell first.
#[derive(Debug)]
pub struct Watchdog(Child);

impl Watchdog {
    /// Has `script` run once we are gone, with `arguments` as its `$0`, `$1` and so on.
    ///
    /// # Errors
    /// [`Error::Io`] when there is no shell to run.
    pub fn start<'a>(script: &str, arguments: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        Command::new("/bin/sh")
            .args(["-c", &format!("read -r _; {script}")])
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C in a terminal reaches every process of a group: it must survive us by a moment.
            .process_group(0)
            .spawn()
            .map(Self)
            .map_err(Error::io("run", Path::new("/bin/sh")))
    }

    /// Ends the shell before the pipe closes: there is nothing left to do.
    pub fn call_off(mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
