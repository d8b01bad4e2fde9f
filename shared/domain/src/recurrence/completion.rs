//! Counting from completions: a rule that begins anew with each.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{GaveUp, Rule, Schedule};
use crate::civil::Civil;

impl Schedule {
    /// The next occurrence where the last one was completed at `instant`, which counts as the local time `start`, and
    /// the schedule that gives it: the rule begun anew there. Where its interval and its parts would never meet from
    /// there, as those of every third month in March and June do not from November, it goes on as it began.
    ///
    /// COUNT is not looked at: what it counts are the occurrences, which whoever asks has counted.
    ///
    /// # Errors
    ///
    /// It was not found within a bounded number of steps.
    pub fn after_completion(
        &self,
        start: NaiveDateTime,
        instant: DateTime<Utc>,
    ) -> Result<Option<(Self, Civil)>, GaveUp> {
        let begins = [start, self.start().start()];
        let mut found = Ok(None);
        for begin in begins {
            let endless = self.begun(self.rule().endless(), begin);
            found = endless.map_or(Ok(None), |endless| endless.from(start, instant));
            if matches!(found, Ok(Some(_))) || begin != start {
                // What the endless rule has and this one has not, UNTIL has ended.
                let Some(schedule) = self.begun(self.rule().without_count(), begin) else {
                    return Ok(None);
                };
                let next = schedule.from(start, instant)?;
                return Ok(next.map(|next| (schedule, next)));
            }
        }
        found.map(|_| None)
    }

    /// The first occurrence after a completion. A date has not passed until its day has.
    fn from(&self, start: NaiveDateTime, instant: DateTime<Utc>) -> Result<Option<Civil>, GaveUp> {
        if self.start().is_date() {
            self.after(start)
        } else {
            self.after_both(start, instant)
        }
    }

    /// This one with another rule and start, which are of the same kind and so fit as well.
    fn begun(&self, rule: Rule, start: NaiveDateTime) -> Option<Self> {
        let start = self.start().with_start(start);
        let (exceptions, additions) = (self.exceptions().to_vec(), self.additions().to_vec());
        Self::new(rule, start, self.zone(), exceptions, additions).ok()
    }
}
