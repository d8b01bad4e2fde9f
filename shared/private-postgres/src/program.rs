//! Programs that run to their end before the start goes on, or are ended with a start that is cancelled.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, sleep};

use crate::error::Error;
use crate::log::last_lines;
use crate::options::Options;
use crate::signals::{PAUSE, end};

/// Runs `command`, with `input` to read; what it prints to standard output is of no interest.
pub(crate) fn run(command: &mut Command, input: &str, options: &Options) -> Result<(), Error> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // Ctrl-C in a terminal is for us, and what `initdb` has started must end with it.
        .process_group(0);
    let program = Path::new(command.get_program()).to_owned();
    let failed = || Error::io("run", &program);
    let mut child = command.spawn().map_err(failed())?;
    let errors = child.stderr.take();
    // Beside us, for a full pipe would hold the program up.
    let said = thread::spawn(move || {
        let mut bytes = Vec::new();
        errors.map(|mut errors| errors.read_to_end(&mut bytes));
        bytes
    });
    tell(&mut child, input).map_err(failed())?;
    let status = wait(&mut child, options, failed)?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Command {
        command: program.to_string_lossy().into_owned(),
        status,
        output: last_lines(&String::from_utf8_lossy(&said.join().unwrap_or_default())),
    })
}

fn tell(child: &mut Child, input: &str) -> std::io::Result<()> {
    match child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes())) {
        // It ended before reading; its status and output say why.
        Some(Err(error)) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

fn wait<E: FnOnce(std::io::Error) -> Error>(
    child: &mut Child,
    options: &Options,
    failed: impl Fn() -> E,
) -> Result<ExitStatus, Error> {
    loop {
        if let Some(status) = child.try_wait().map_err(failed())? {
            return Ok(status);
        }
        if let Err(cancelled) = options.demand_wanted() {
            return Err(end_group(child).err().unwrap_or(cancelled));
        }
        sleep(PAUSE);
    }
}

/// Ends the program and what it has started.
fn end_group(child: &mut Child) -> Result<(), Error> {
    let Ok(pid) = i32::try_from(child.id()) else {
        return Ok(());
    };
    if end(-pid, || matches!(child.try_wait(), Ok(Some(_)))) {
        Ok(())
    } else {
        Err(Error::Unstoppable { pid })
    }
}
