//! Ending clients of librdkafka's, whose threads may sleep on.

use std::{sync::mpsc, time::Duration};

/// Drops `client` on a thread of its own, and waits for that no longer than `patience`. Its threads wait by the machine's wall
/// clock, and sleep on for as long as that was set back, or look up a name for long; dropping it waits for them.
pub(crate) fn let_go(client: impl Send + 'static, patience: Duration) {
    let (end, ended) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        drop(client);
        drop(end);
    });
    // Whether it ended or not: nothing of it is needed any more.
    let _ = ended.recv_timeout(patience);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Something that ends only when it is let.
    struct Stuck(mpsc::Receiver<()>);

    impl Drop for Stuck {
        fn drop(&mut self) {
            let _ = self.0.recv();
        }
    }

    #[test]
    fn client_whose_threads_sleep_on_holds_nobody_up() {
        let (release, stuck) = mpsc::channel();
        let_go(Stuck(stuck), Duration::from_millis(10));
        drop(release);
    }

    #[test]
    fn client_that_ends_is_waited_for() {
        let client = Arc::new(());
        let_go(Arc::clone(&client), Duration::from_secs(60));
        assert_eq!(Arc::strong_count(&client), 1);
    }
}
