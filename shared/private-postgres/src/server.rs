//! The server process: started, waited for, ended.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::binaries::Binaries;
use crate::error::Error;
use crate::home::Home;
use crate::log::Log;
use crate::options::Options;
use crate::postmaster::PidFile;
use crate::signals::{PAUSE, end};
use crate::socket::as_setting;
use crate::watchdog::Watchdog;

/// Why a server refuses to start while children of a killed one have not noticed yet; they do within moments.
const SURVIVORS: &str = "is still in use";

/// Between two tries while there are such survivors.
const RETRY_PAUSE: Duration = Duration::from_millis(100);

/// Ends the server when we are gone. Immediately: nobody is left to ask harder, and recovery loses nothing.
const END: &str = r#"kill -QUIT "$0""#;

/// A running server; dropping it ends it, and waits until it has.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    watchdog: Option<Watchdog>,
}

impl Server {
    /// Starts the server on the cluster of `home` and returns when it takes connections.
    pub(crate) fn start(home: &Home, binaries: &Binaries, options: &Options, socket: &Path) -> Result<Self, Error> {
        let deadline = Instant::now() + options.ready_within;
        loop {
            let log = Log::prepare(home)?;
            let mut server = Self::spawn(home, binaries, options, socket, &log)?;
            match server.wait_until_ready(home, options, &log, deadline) {
                Err(Error::EndedEarly { tail, .. }) if tail.contains(SURVIVORS) && Instant::now() < deadline => {
                    sleep(RETRY_PAUSE);
                }
                result => return result.map(|()| server),
            }
        }
    }

    fn spawn(home: &Home, binaries: &Binaries, options: &Options, socket: &Path, log: &Log) -> Result<Self, Error> {
        let mut command = binaries.postgres(home.user());
        command.arg("-D").arg(home.data());
        set(&mut command, "listen_addresses=");
        set(&mut command, &format!("port={}", crate::socket::PORT));
        set(&mut command, &as_setting(socket));
        set(&mut command, "unix_socket_permissions=0700");
        for (name, value) in &options.settings {
            set(&mut command, &format!("{name}={value}"));
        }
        command.stdout(log.append()?).stderr(log.append()?);
        // Ctrl-C in a terminal is for us: we end the server when we no longer need it.
        command.process_group(0);
        let child = command
            .spawn()
            .map_err(Error::io("run", Path::new(command.get_program())))?;
        let mut server = Self { child, watchdog: None };
        if options.die_with_parent {
            server.watchdog = Some(Watchdog::start(END, [&*server.pid().to_string()])?);
        }
        Ok(server)
    }

    fn wait_until_ready(&mut self, home: &Home, options: &Options, log: &Log, deadline: Instant) -> Result<(), Error> {
        loop {
            if let Some(status) = self.ended() {
                return Err(Error::EndedEarly {
                    status,
                    log: log.path().to_owned(),
                    tail: log.tail(),
                });
            }
            let ready = PidFile::read(&home.data())?.filter(|file| file.is_ready);
            if ready.is_some_and(|file| u32::try_from(file.pid) == Ok(self.pid())) {
                return Ok(());
            }
            // Whoever gets the error drops the server, which ends it.
            options.demand_wanted()?;
            if Instant::now() >= deadline {
                let seconds = options.ready_within.as_secs();
                return Err(Error::NotReady {
                    seconds,
                    log: log.path().to_owned(),
                    tail: log.tail(),
                });
            }
            sleep(PAUSE);
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the server ended, when it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        // Waiting for one's own child fails only when there is none.
        self.child.try_wait().ok().flatten()
    }

    /// Ends the server and waits for it; nothing to do when it has ended.
    pub(crate) fn stop(&mut self) -> Result<(), Error> {
        let Ok(pid) = i32::try_from(self.pid()) else {
            return Ok(());
        };
        if end(pid, || self.ended().is_some()) {
            Ok(())
        } else {
            Err(Error::Unstoppable { pid })
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "a PostgreSQL server stays behind");
        }
        if let Some(watchdog) = self.watchdog.take() {
            // It must not signal whoever has the server's number next.
            watchdog.call_off();
        }
    }
}

fn set(command: &mut Command, setting: &str) {
    command.args(["-c", setting]);
}
