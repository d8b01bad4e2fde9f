//! Gaps, repetitions and the ends of time.

use chrono::TimeZone as _;
use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn resolved(name: &str, text: &str) -> String {
    let instant = zone(name).resolve(local(text));
    instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn exists(zone: Zone, local: NaiveDateTime) -> bool {
    zone.0.offset_from_local_datetime(&local).earliest().is_some()
}

#[test]
fn names_are_exact_and_refusals_teach() {
    assert_eq!(zone("Europe/Berlin").to_string(), "Europe/Berlin");
    assert_eq!(Zone::default(), zone("UTC"));
    let refusal = |text: &str| text.parse::<Zone>().unwrap_err().to_string();
    assert_eq!(
        refusal("europe/berlin"),
        "is not a zone of the IANA database; its name is written Europe/Berlin"
    );
    for text in ["", "Berlin", "CET+1", "Europe/Berlín", &"x".repeat(65)] {
        assert_eq!(
            refusal(text),
            "is not a zone of the IANA database, such as Europe/Berlin"
        );
    }
}

#[test]
fn every_name_is_short_enough_and_returns_from_json() {
    for tz in TZ_VARIANTS {
        let json = serde_json::to_string(&Zone(tz)).unwrap();
        assert_eq!(serde_json::from_str::<Zone>(&json).unwrap(), Zone(tz));
    }
    assert!(serde_json::from_str::<Zone>(r#""Nowhere""#).is_err());
}

#[test]
fn skipped_times_use_the_offset_before_the_gap() {
    // The example of RFC 5545 §3.3.5: 02:30 EST is 03:30 EDT.
    assert_eq!(
        resolved("America/New_York", "2007-03-11T02:30:00"),
        "2007-03-11T07:30:00Z"
    );
    assert_eq!(resolved("Europe/Berlin", "2027-03-28T02:00:00"), "2027-03-28T01:00:00Z");
}

#[test]
fn repeated_times_are_the_first() {
    assert_eq!(
        resolved("America/New_York", "2007-11-04T01:30:00"),
        "2007-11-04T05:30:00Z"
    );
    assert_eq!(resolved("Europe/Berlin", "2026-10-25T02:30:00"), "2026-10-25T00:30:00Z");
}

#[test]
fn skipped_midnights_and_days_resolve() {
    // Midnight of 4 November 2018 did not exist in São Paulo, nor 30 December 2011 in Apia, nor a whole day of
    // August 1993 on Kwajalein.
    assert_eq!(
        resolved("America/Sao_Paulo", "2018-11-04T00:00:00"),
        "2018-11-04T03:00:00Z"
    );
    assert_eq!(resolved("Pacific/Apia", "2011-12-30T12:00:00"), "2011-12-30T22:00:00Z");
    assert_eq!(resolved("Pacific/Apia", "2011-12-31T12:00:00"), "2011-12-30T22:00:00Z");
    let skipped = (20..=23)
        .map(|day| local(&format!("1993-08-{day}T12:00:00")))
        .find(|at| !exists(zone("Pacific/Kwajalein"), *at))
        .unwrap();
    let next = skipped + Days::new(1);
    let kwajalein = zone("Pacific/Kwajalein");
    assert_eq!(kwajalein.resolve(skipped), kwajalein.resolve(next));
}

#[test]
fn a_day_ends_when_the_next_begins() {
    let ends = |name, date: &str| zone(name).end_of_day(date.parse().unwrap()).to_rfc3339();
    assert_eq!(ends("Europe/Berlin", "2026-12-01"), "2026-12-01T23:00:00+00:00");
    assert_eq!(ends("America/Sao_Paulo", "2018-11-03"), "2018-11-04T03:00:00+00:00");
    assert_eq!(ends("Pacific/Apia", "2011-12-29"), "2011-12-30T10:00:00+00:00");
    assert_eq!(ends("Pacific/Apia", "2011-12-30"), "2011-12-30T10:00:00+00:00");
    assert_eq!(ends("UTC", "9999-12-31"), "9999-12-31T23:59:59+00:00");
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    for tz in TZ_VARIANTS {
        for local in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
            let instant = Zone(tz).resolve(local);
            assert!(instant == EARLIEST || instant == LATEST);
        }
        for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            Zone(tz).local(instant);
        }
        Zone(tz).end_of_day(NaiveDate::MAX);
    }
    assert_eq!(moved(LATEST, i64::MAX), LATEST);
    assert_eq!(moved(EARLIEST, i64::MIN), EARLIEST);
}

/// What the recurrence engine's UNTIL rests on, over the transitions that come closest to breaking it.
#[test]
fn a_time_of_day_never_resolves_before_that_of_the_day_before() {
    let names = [
        "Pacific/Apia",
        "Pacific/Kwajalein",
        "America/Sao_Paulo",
        "Africa/Monrovia",
    ];
    for zone in names.map(zone) {
        for time in ["00:00:00", "00:30:00", "02:30:00", "12:00:00"] {
            let first = local(&format!("1960-01-01T{time}"));
            let instants = (0..22_000).map(|day| zone.resolve(first + Days::new(day)));
            assert!(instants.is_sorted(), "{zone} {time}");
        }
    }
}

prop_compose! {
    fn any_zone()(index in 0..TZ_VARIANTS.len()) -> Zone { Zone(TZ_VARIANTS[index]) }
}

prop_compose! {
    fn any_local()(seconds in -2_208_988_800_i64..=253_402_214_399) -> NaiveDateTime {
        DateTime::from_timestamp(seconds, 0).unwrap().naive_utc()
    }
}

prop_compose! {
    fn recent_local()(seconds in -2_208_988_800_i64..=4_200_000_000) -> NaiveDateTime {
        DateTime::from_timestamp(seconds, 0).unwrap().naive_utc()
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = text.parse::<Zone>();
    }

    #[test]
    fn an_existing_time_comes_back(zone in any_zone(), at in prop_oneof![any_local(), recent_local()]) {
        // Which times exist is asked of the tables.
        prop_assume!(at.year() <= HORIZON);
        let back = zone.local(zone.resolve(at));
        prop_assert_eq!(back == at, exists(zone, at));
    }

    #[test]
    fn existing_times_resolve_in_order(zone in any_zone(), at in recent_local(), by in 0_i64..200_000) {
        let later = at + TimeDelta::seconds(by);
        prop_assume!(exists(zone, at) && exists(zone, later));
        prop_assert!(zone.resolve(at) <= zone.resolve(later));
    }
}

#[test]
fn clocks_are_set_past_the_tables_end_as_before_it() {
    let berlin: Zone = "Europe/Berlin".parse().unwrap();
    for (local, expected) in [
        ("2099-07-01T12:00:00", "2099-07-01T10:00:00Z"),
        ("2100-01-01T12:00:00", "2100-01-01T11:00:00Z"),
        ("2100-07-01T12:00:00", "2100-07-01T10:00:00Z"),
        ("9999-07-01T12:00:00", "9999-07-01T10:00:00Z"),
        // The last Sunday of March 2101 is the 27th.
        ("2101-03-27T01:59:00", "2101-03-27T00:59:00Z"),
        ("2101-03-27T02:30:00", "2101-03-27T01:30:00Z"),
        ("2101-03-27T03:00:00", "2101-03-27T01:00:00Z"),
    ] {
        let local: NaiveDateTime = local.parse().unwrap();
        let instant = berlin.resolve(local);
        assert_eq!(instant, expected.parse::<DateTime<Utc>>().unwrap(), "{local}");
    }
    // Ramadan is in the tables up to 2087, and nobody knows of more.
    let casablanca: Zone = "Africa/Casablanca".parse().unwrap();
    for month in 1..=12 {
        let local = NaiveDate::from_ymd_opt(2104, month, 1)
            .unwrap()
            .and_time(NaiveTime::MIN);
        assert_eq!(local.and_utc() - casablanca.resolve(local), TimeDelta::hours(1));
    }
}

#[test]
fn a_gap_is_found_to_the_second() {
    for (name, day, begin, end, past) in [
        ("Europe/Berlin", "2026-03-29", "02:00:00", "03:00:00", "04:00:00"),
        // Past the tables' end.
        ("Europe/Berlin", "2101-03-27", "02:00:00", "03:00:00", "04:00:00"),
        ("Africa/Monrovia", "1972-01-07", "00:00:00", "00:44:30", "01:29:00"),
    ] {
        let at = |time: &str| local(&format!("{day}T{time}"));
        let gap = Gap {
            begin: seconds(at(begin)),
            end: seconds(at(end)),
        };
        let second = TimeDelta::seconds(1);
        let around = |at| zone(name).gap_around(at);
        assert_eq!(around(at(begin) - second), None, "{name}");
        for at in [at(begin), at(end), at(end) + second, at(past) - second] {
            assert_eq!(around(at), Some(gap), "{name} {at}");
        }
        assert_eq!(around(at(past)), None, "{name}");
    }
}

#[test]
fn a_span_reads_its_own_times_alone() {
    let berlin = zone("Europe/Berlin");
    let span = berlin.span(local("2026-06-01T00:00:00"));
    for (at, is_within) in [
        ("2026-03-29T02:59:59", false),
        ("2026-03-29T03:00:00", true),
        // Shown a second time, and read as the first.
        ("2026-10-25T02:59:59", true),
        ("2026-10-25T03:00:00", false),
    ] {
        let at = local(at);
        assert_eq!(span.holds(seconds(at)), is_within, "{at}");
        assert_eq!(span.resolve(at) == berlin.resolve(at), is_within, "{at}");
    }
}
