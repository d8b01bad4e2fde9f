//! How long to wait before an event is tried again.

use chrono::TimeDelta;

/// How often an event is tried before it is a dead letter: over half an hour, longer than a database's failover.
pub const ATTEMPTS: i32 = 10;
const FIRST: TimeDelta = TimeDelta::seconds(2);

/// The pause after `attempts` tries: 2 s, doubled with each try, of which a random part up to half is left out, so
/// that what failed together is not tried together.
#[must_use]
pub fn pause_after(attempts: i32) -> TimeDelta {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    let longest = FIRST * 2_i32.pow(doublings);
    let milliseconds = longest.num_milliseconds();
    TimeDelta::milliseconds(fastrand::i64(milliseconds / 2..=milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_with_jitter_and_together_outlast_a_failover() {
        let mut shortest = TimeDelta::zero();
        for attempts in 1..ATTEMPTS {
            let full = TimeDelta::seconds(2_i64.pow(u32::try_from(attempts).unwrap()));
            for _ in 0..100 {
                let pause = pause_after(attempts);
                assert!(full / 2 <= pause && pause <= full, "{pause} after {attempts}");
            }
            shortest += full / 2;
        }
        assert!(shortest > TimeDelta::minutes(8));
    }
}
