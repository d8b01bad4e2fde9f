//! What was logged.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing::{
    Dispatch,
    subscriber::{DefaultGuard, NoSubscriber},
};
use tracing_subscriber::fmt::MakeWriter;

/// The lines that this thread logs while it is kept.
pub(super) struct Log {
    lines: Lines,
    _guard: DefaultGuard,
    _other: Dispatch,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(super) fn begin() -> Self {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(lines.clone())
            .with_max_level(tracing::Level::TRACE)
            .finish();
        Self {
            lines,
            _guard: tracing::subscriber::set_default(subscriber),
            // While there is one subscriber in the process, what another test's thread says for the first time is taken for
            // what nobody listens to, as nobody does on that thread; with two, all of them are asked.
            _other: Dispatch::new(NoSubscriber::new()),
        }
    }

    pub(super) fn text(&self) -> String {
        let bytes = self.lines.0.lock().expect("nobody panics with it").clone();
        String::from_utf8(bytes).expect("lines are text")
    }

    /// How many lines say it.
    pub(super) fn count(&self, said: &str) -> usize {
        self.text().lines().filter(|line| line.contains(said)).count()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
