//! Ending a server process, ever less gently.

use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Fast shutdown; immediate shutdown, after which recovery loses nothing; and the end of the process itself. Whoever
/// owns the server has ten seconds to end, and half of them for itself.
const STEPS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(3)),
    (Signal::SIGQUIT, Duration::from_secs(1)),
    (Signal::SIGKILL, Duration::from_secs(1)),
];

/// Between two looks at something that ends or begins within tens of milliseconds.
pub(crate) const PAUSE: Duration = Duration::from_millis(10);

/// Sends `pid`, or the process group `-pid` when it is negative, one signal after the other until `gone` says that it ended; whether it did.
pub(crate) fn end(pid: i32, mut gone: impl FnMut() -> bool) -> bool {
    for (signal, patience) in STEPS {
        if gone() {
            return true;
        }
        if signal != Signal::SIGINT {
            tracing::warn!(pid, %signal, "the PostgreSQL server does not end: asking harder");
        }
        // ESRCH is the wished state, and `gone` sees it; EPERM shows in the end as a server that stays.
        let _ = kill(Pid::from_raw(pid), signal);
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if gone() {
                return true;
            }
            sleep(PAUSE);
        }
    }
    gone()
}

/// Whether there is a process `pid`, whoever owns it.
pub(crate) fn is_alive(pid: i32) -> bool {
    !matches!(kill(Pid::from_raw(pid), None), Err(Errno::ESRCH))
}
