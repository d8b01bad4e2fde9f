//! What both sides are asked.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::sides::{Ours, Peer};

/// How many dates are listed at a time.
pub(crate) const DATES: usize = 500;
/// For every rule at the same time of day.
const TIME: NaiveTime = NaiveTime::from_hms_opt(9, 30, 0).expect("09:30 is a time");
/// Dates are listed from here on, until the zone's tables end.
const BEGINS: NaiveDateTime = midday_of(2026);
const ENDS: NaiveDateTime = midday_of(2099);
/// So many moments are asked for the date after them, from [`BEGINS`] on, over three years.
const MOMENTS: i32 = 64;
const BETWEEN: TimeDelta = TimeDelta::seconds(17 * 86_400 + 4_321);

/// One rule, set out.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) rule: &'static str,
    /// From a date of its own, as the two disagree about a start that is none.
    pub(crate) ours: Ours,
    pub(crate) peer: Peer,
    pub(crate) begun_1970: Ours,
    pub(crate) begun_yesterday: Ours,
}

impl Case {
    pub(crate) fn new(rule: &'static str) -> anyhow::Result<Self> {
        let start = Ours::read(rule, BEGINS)?.0.after(BEGINS)?;
        let start = start.map_or(BEGINS, |start| start.start());
        Ok(Self {
            rule,
            ours: Ours::read(rule, start)?,
            peer: Peer::read(rule, start)?,
            begun_1970: Ours::read(rule, year_1970())?,
            begun_yesterday: Ours::read(rule, yesterday())?,
        })
    }

    /// That both sides give the same, or a comparison would mean nothing.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let mut pairs = listed(self.ours.dates()).zip(listed(self.peer.dates()));
        if let Some((ours, peer)) = pairs.find(|(ours, peer)| ours != peer) {
            anyhow::bail!("{}: {ours} here is {peer} in rrule", self.rule);
        }
        for began in self.began() {
            let (ours, peer) = (self.next_of_ours(began)?, self.next_of_peer(began)?);
            anyhow::ensure!(ours == peer, "{}: next is {ours:?} here, {peer:?} in rrule", self.rule);
        }
        Ok(())
    }

    /// The starts that both sides can find the next date from: rrule takes minutes for half a century of minutes.
    fn began(&self) -> impl Iterator<Item = NaiveDateTime> {
        [yesterday()].into_iter().chain(self.is_long().then(year_1970))
    }

    /// Whether it repeats by hours or longer.
    pub(crate) fn is_long(&self) -> bool {
        !["FREQ=MINUTELY", "FREQ=SECONDLY"]
            .iter()
            .any(|short| self.rule.starts_with(short))
    }

    /// Reads the rule from its beginning, and finds its next date: what a completed task asks for.
    pub(crate) fn next_of_ours(&self, began: NaiveDateTime) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(Ours::read(self.rule, began)?.after(BEGINS))
    }

    pub(crate) fn next_of_peer(&self, began: NaiveDateTime) -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(Peer::read(self.rule, began)?.after(BEGINS))
    }
}

/// What is listed of all dates.
pub(crate) fn listed(dates: impl Iterator<Item = DateTime<Utc>>) -> impl Iterator<Item = DateTime<Utc>> {
    dates.take_while(|date| date.naive_utc() < ENDS).take(DATES)
}

/// The dates after moments.
pub(crate) fn found(ours: &Ours) -> impl Iterator<Item = DateTime<Utc>> {
    let moments = (0..MOMENTS).map(|moment| BEGINS + BETWEEN * moment);
    moments.filter_map(|t| ours.after(t))
}

pub(crate) fn year_1970() -> NaiveDateTime {
    midday_of(1970).date().and_time(TIME)
}

pub(crate) fn yesterday() -> NaiveDateTime {
    (BEGINS - TimeDelta::days(1)).date().and_time(TIME)
}

const fn midday_of(year: i32) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(year, 1, 1).expect("every year has a first day");
    day.and_time(NaiveTime::from_hms_opt(12, 0, 0).expect("12:00 is a time"))
}
