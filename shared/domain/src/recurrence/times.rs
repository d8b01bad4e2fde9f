//! Times of day.

use super::bits::Bits;

const HOUR: u32 = 3_600;
const MINUTE: u32 = 60;

/// Every hour with every minute with every second: times of day, counted in seconds, in order and by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    hours: Bits<1>,
    minutes: Bits<1>,
    seconds: Bits<1>,
    /// How many there are, in a day, an hour and a minute.
    len: u32,
    per_hour: u32,
    per_minute: u32,
}

impl Times {
    pub(super) fn new(hours: Bits<1>, minutes: Bits<1>, seconds: Bits<1>) -> Self {
        let per_hour = minutes.len() * seconds.len();
        Self {
            hours,
            minutes,
            seconds,
            len: hours.len() * per_hour,
            per_hour,
            per_minute: seconds.len(),
        }
    }

    /// The hours, the minutes and the seconds.
    pub(super) fn parts(&self) -> [Bits<1>; 3] {
        [self.hours, self.minutes, self.seconds]
    }

    pub(super) fn hours(&self) -> Bits<1> {
        self.hours
    }

    pub(super) fn minutes(&self) -> Bits<1> {
        self.minutes
    }

    pub(super) fn seconds(&self) -> Bits<1> {
        self.seconds
    }

    /// How many there are.
    pub(super) fn len(&self) -> u32 {
        self.len
    }

    /// The one that `index` others come before.
    pub(super) fn nth(&self, index: u32) -> Option<u32> {
        let (hour, rest) = split(index, self.per_hour);
        let (minute, second) = split(rest, self.per_minute);
        Some(self.hours.nth(hour)? * HOUR + self.minutes.nth(minute)? * MINUTE + self.seconds.nth(second)?)
    }

    /// How many come no later than `time`.
    pub(super) fn through(&self, time: u32) -> u32 {
        let (hour, minute, second) = parts(time);
        let mut count = self.hours.rank(hour) * self.per_hour;
        if self.hours.contains(hour) {
            count += self.minutes.rank(minute) * self.per_minute;
            if self.minutes.contains(minute) {
                count += self.seconds.rank(second + 1);
            }
        }
        count
    }

    /// The first that is not before `time`.
    pub(super) fn at_or_after(&self, time: u32) -> Option<u32> {
        let (hour, minute, second) = parts(time);
        let in_minute = || {
            let is_there = self.hours.contains(hour) && self.minutes.contains(minute);
            let second = is_there.then(|| self.seconds.at_or_after(second)).flatten()?;
            Some(hour * HOUR + minute * MINUTE + second)
        };
        let in_hour = || {
            let is_there = self.hours.contains(hour);
            let minute = is_there.then(|| self.minutes.at_or_after(minute + 1)).flatten()?;
            Some(hour * HOUR + minute * MINUTE + self.seconds.at_or_after(0)?)
        };
        let later = || {
            let hour = self.hours.at_or_after(hour + 1)?;
            Some(hour * HOUR + self.minutes.at_or_after(0)? * MINUTE + self.seconds.at_or_after(0)?)
        };
        in_minute().or_else(in_hour).or_else(later)
    }
}

/// The whole part and the rest of `index / per`. Most rules have one time in an hour, and one in a day, and dividing by
/// what nobody knows beforehand takes longer than all else that a step does.
pub(super) fn split(index: u32, per: u32) -> (u32, u32) {
    if per == 1 {
        (index, 0)
    } else {
        (index / per, index % per)
    }
}

fn parts(time: u32) -> (u32, u32, u32) {
    (time / HOUR, time / MINUTE % 60, time % MINUTE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(end: u32) -> impl Strategy<Value = Bits<1>> {
        prop::collection::vec(0..end, 1..4).prop_map(|numbers| numbers.into_iter().collect())
    }

    proptest! {
        #[test]
        fn times_agree_with_listing_them(
            hours in numbers(24), minutes in numbers(60), seconds in numbers(60), time in 0_u32..86_400,
        ) {
            let times = Times::new(hours, minutes, seconds);
            let listed: Vec<_> = (0..86_400)
                .filter(|t| hours.contains(t / 3_600) && minutes.contains(t / 60 % 60) && seconds.contains(t % 60))
                .collect();
            prop_assert_eq!(times.len() as usize, listed.len());
            prop_assert_eq!(times.at_or_after(time), listed.iter().copied().find(|t| *t >= time));
            prop_assert_eq!(times.through(time) as usize, listed.iter().filter(|t| **t <= time).count());
            for (index, time) in (0..).zip(&listed) {
                prop_assert_eq!(times.nth(index), Some(*time));
            }
            prop_assert_eq!(times.nth(times.len()), None);
        }
    }
}
