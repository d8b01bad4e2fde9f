//! Any rule, start and zone give a schedule or a refusal. Its dates come in order, as instants too, and in little memory;
//! how long they may take is bounded by the engine's budget of steps, at whose end it gives up.
//!
//! The input is lines: a rule, a start, a zone, and a local time to ask for the date after.
#![no_main]

use chrono::{DateTime, NaiveDateTime};
use domain::{
    Civil, Zone,
    recurrence::{Rule, Schedule},
};
use libfuzzer_sys::{Corpus, fuzz_target};

/// How many dates are looked at.
const DATES: usize = 50;
/// Of a schedule and everything that is made of it here.
const MOST_BYTES: u64 = 64 * 1024;

fuzz_target!(|text: &str| -> Corpus {
    let mut lines = text.lines();
    let Some(Ok(rule)) = lines.next().map(str::parse::<Rule>) else {
        return Corpus::Reject;
    };
    let start = lines.next().and_then(|line| line.parse::<Civil>().ok());
    let zone = lines.next().and_then(|line| line.parse::<Zone>().ok());
    let t = lines.next().and_then(|line| line.parse::<NaiveDateTime>().ok());
    let start = start.unwrap_or(Civil::DateTime(DateTime::UNIX_EPOCH.naive_utc()));
    let memory = allocation_counter::measure(|| expand(rule, start, zone.unwrap_or_default(), t.unwrap_or_default()));
    assert!(memory.bytes_max <= MOST_BYTES, "{} bytes", memory.bytes_max);
    Corpus::Keep
});

fn expand(rule: Rule, start: Civil, zone: Zone, t: NaiveDateTime) {
    let Ok(schedule) = Schedule::new(rule, start, zone, Vec::new(), Vec::new()) else {
        return;
    };
    if let Ok(Some(next)) = schedule.after(t) {
        assert!(next.start() > t && next.start() >= start.start(), "{next} after {t}");
    }
    let dates: Vec<_> = schedule.iter().map_while(Result::ok).take(DATES).collect();
    assert_eq!(dates.first(), Some(&start));
    assert!(dates.is_sorted_by(|one, next| one.same_kind(*next) && one.start() < next.start()));
    let instants = dates.iter().map(|date| zone.resolve(date.start()));
    assert!(instants.is_sorted_by(|one, next| one < next), "{dates:?}");
    for date in dates.iter().take(3) {
        let _ = schedule.note(*date);
    }
}
