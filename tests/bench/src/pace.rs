//! An open load.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Moments at random distances, which do not wait for what is done at them.
#[derive(Debug)]
pub(crate) struct Pace {
    distance: Duration,
    last: Instant,
}

impl Pace {
    /// Moments that are `distance` apart on average.
    pub(crate) fn begin(distance: Duration) -> Self {
        Self {
            distance,
            last: Instant::now(),
        }
    }

    pub(crate) async fn next(&mut self) {
        self.last += self.distance.mul_f64(fastrand::f64() * 2.0);
        sleep_until(self.last).await;
    }
}
