//! The two sides: our engine, and the rrule crate. Each gives instants, in one zone, of local times of its clocks.

use anyhow::Context;
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use domain::{
    Civil, Zone,
    recurrence::{Rule, Schedule},
};
use rrule::RRuleSet;

/// A zone that sets its clocks twice a year.
const ZONE: &str = "Europe/Berlin";

/// Our engine, with a rule set out.
#[derive(Debug)]
pub(crate) struct Ours(pub(crate) Schedule);

/// The rrule crate, with the same.
#[derive(Debug)]
pub(crate) struct Peer(RRuleSet);

impl Ours {
    pub(crate) fn read(rule: &str, start: NaiveDateTime) -> anyhow::Result<Self> {
        let zone: Zone = ZONE.parse()?;
        let rule: Rule = rule.parse().with_context(|| format!("{rule} is refused"))?;
        let schedule = Schedule::new(rule, Civil::DateTime(start), zone, Vec::new(), Vec::new())?;
        Ok(Self(schedule))
    }

    pub(crate) fn dates(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let dates = self.0.occurrences().filter_map(Result::ok);
        dates.map(|date| date.at)
    }

    /// The first date after a local time.
    pub(crate) fn after(&self, t: NaiveDateTime) -> Option<DateTime<Utc>> {
        let next = self.0.after(t).ok().flatten()?;
        Some(self.0.zone().resolve(next.start()))
    }
}

impl Peer {
    pub(crate) fn read(rule: &str, start: NaiveDateTime) -> anyhow::Result<Self> {
        let start = start.format("%Y%m%dT%H%M%S");
        let text = format!("DTSTART;TZID={ZONE}:{start}\nRRULE:{rule}");
        let set: RRuleSet = text.parse().with_context(|| format!("rrule refuses {rule}"))?;
        Ok(Self(set))
    }

    pub(crate) fn dates(&self) -> impl Iterator<Item = DateTime<Utc>> {
        self.0.into_iter().map(|date| date.to_utc())
    }

    /// The first date after a local time, found as the crate finds any: from the start on.
    pub(crate) fn after(&self, t: NaiveDateTime) -> Option<DateTime<Utc>> {
        let t = self.0.get_dt_start().timezone().from_local_datetime(&t).earliest()?;
        self.0.into_iter().find(|date| *date > t).map(|date| date.to_utc())
    }
}
