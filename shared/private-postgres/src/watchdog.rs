//! Ends the server when we are gone and can no longer do it.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::error::Error;

/// A shell that waits for our end of a pipe to close, which the operating system does however we end.
#[derive(Debug)]
pub(crate) struct Watchdog(Child);

impl Watchdog {
    /// Watches over the server `pid`, our child.
    pub(crate) fn start(pid: u32) -> Result<Self, Error> {
        Command::new("/bin/sh")
            // Immediate: nobody is left to ask harder, and recovery loses nothing.
            .args(["-c", "read -r _; kill -QUIT \"$0\"", &pid.to_string()])
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
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // Killed before the pipe closes, so that it cannot signal whoever has the server's number next.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
