use super::*;

fn note(rule: &str, start: &str, zone: &str, occurrence: &str) -> Option<String> {
    let (start, zone) = (start.parse().unwrap(), zone.parse().unwrap());
    let schedule = Schedule::new(rule.parse().unwrap(), start, zone, vec![], vec![]).unwrap();
    schedule.note(occurrence.parse().unwrap())
}

fn expect(rule: &str, start: &str, notes: &[(&str, Option<&str>)]) {
    for (occurrence, expected) in notes {
        let note = note(rule, start, "Europe/Berlin", occurrence);
        assert_eq!(note.as_deref(), *expected, "{rule} on {occurrence}");
    }
}

#[test]
fn clocks_that_are_set_are_noted() {
    expect(
        "FREQ=DAILY",
        "2027-03-01T02:30:00",
        &[
            ("2027-03-27T02:30:00", None),
            (
                "2027-03-28T02:30:00",
                Some("02:30 does not exist on this day; moved to 03:30"),
            ),
            (
                "2027-10-31T02:30:00",
                Some("02:30 happens twice on this day; the first is meant"),
            ),
            ("2027-10-30T02:30:00", None),
        ],
    );
    expect(
        "FREQ=DAILY",
        "2027-03-01T03:00:00",
        &[("2027-03-28T03:00:00", None), ("2027-10-31T03:00:00", None)],
    );
    expect("FREQ=DAILY", "2027-03-01", &[("2027-03-28", None)]);
    let samoa = note(
        "FREQ=DAILY",
        "2011-12-29T09:00:00",
        "Pacific/Apia",
        "2011-12-30T09:00:00",
    );
    let moved = "09:00 does not exist on this day; moved to 31 December 2011 at 09:00";
    assert_eq!(samoa.as_deref(), Some(moved));
}

#[test]
fn days_left_out_are_noted_on_the_next() {
    expect(
        "FREQ=MONTHLY",
        "2027-01-31",
        &[
            ("2027-01-31", None),
            ("2027-03-31", Some("skipped 31 February")),
            ("2027-05-31", Some("skipped 31 April")),
            ("2027-08-31", None),
        ],
    );
    expect(
        "FREQ=MONTHLY;BYMONTHDAY=30,31;BYHOUR=9,18",
        "2027-01-30T09:00:00",
        &[
            ("2027-03-30T09:00:00", Some("skipped 30 February and 31 February")),
            ("2027-03-30T18:00:00", None),
            ("2027-03-31T09:00:00", None),
            ("2027-05-30T09:00:00", Some("skipped 31 April")),
        ],
    );
    expect(
        "FREQ=MONTHLY;INTERVAL=2",
        "2027-01-31",
        &[
            ("2027-03-31", None),
            ("2028-01-31", Some("skipped 31 September 2027 and 31 November 2027")),
        ],
    );
    expect(
        "FREQ=YEARLY",
        "2028-02-29",
        &[("2032-02-29", Some("skipped 29 February 2029, 2030 and 2031"))],
    );
    expect(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29,30",
        "2096-02-29",
        &[(
            "2104-02-29",
            Some("skipped 30 February 2096 to 2103, and 29 February 2097 to 2103"),
        )],
    );
    expect("FREQ=MONTHLY;BYMONTHDAY=-31", "2027-01-01", &[("2027-03-01", None)]);
    expect(
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=31",
        "2027-12-31",
        &[("2028-03-31", None)],
    );
}

#[test]
fn weekdays_that_a_month_has_only_four_of_are_noted() {
    expect(
        "FREQ=MONTHLY;BYDAY=5MO",
        "2027-03-29",
        &[
            ("2027-05-31", Some("skipped the fifth Monday of April")),
            (
                "2027-11-29",
                Some("skipped the fifth Monday of September and the fifth Monday of October"),
            ),
            ("2028-01-31", Some("skipped the fifth Monday of December 2027")),
        ],
    );
    expect(
        "FREQ=MONTHLY;BYDAY=1MO,5MO,-5TU",
        "2027-03-01",
        &[
            ("2027-03-29", None),
            (
                "2027-05-03",
                Some("skipped the fifth Monday of April and the fifth-to-last Tuesday of April"),
            ),
        ],
    );
    expect("FREQ=MONTHLY;BYDAY=MO,5TU", "2027-03-01", &[("2027-05-03", None)]);
    expect("FREQ=YEARLY;BYDAY=53MO", "2029-12-31", &[("2035-12-31", None)]);
    let years = "skipped the fifth Monday of February 2045 to 2071";
    expect(
        "FREQ=YEARLY;BYMONTH=2;BYDAY=5MO",
        "2044-02-29",
        &[("2072-02-29", Some(years))],
    );
}

#[test]
fn days_that_only_limit_are_missed_as_well_where_they_are_all_that_is_said() {
    for rule in ["FREQ=DAILY;BYMONTHDAY=31", "FREQ=DAILY;BYMONTHDAY=31;BYMONTH=1,2,3"] {
        expect(
            rule,
            "2027-01-31T09:00:00",
            &[
                ("2027-01-31T09:00:00", None),
                ("2027-03-31T09:00:00", Some("skipped 31 February")),
            ],
        );
    }
    expect(
        "FREQ=HOURLY;BYMONTHDAY=31",
        "2027-01-31T09:15:00",
        &[
            ("2027-01-31T10:15:00", None),
            ("2027-03-31T00:15:00", Some("skipped 31 February")),
            ("2027-03-31T01:15:00", None),
        ],
    );
    // Every third day: nobody expected one on each 31st.
    expect(
        "FREQ=DAILY;INTERVAL=3;BYMONTHDAY=31",
        "2027-01-31",
        &[("2027-05-31", None)],
    );
}

#[test]
fn start_that_the_rule_does_not_give_is_noted() {
    let stranger = Some("the rule itself does not give this date; it counts as the first all the same");
    let monday = "2027-03-01T09:00:00";
    for (rule, note) in [
        ("FREQ=DAILY", None),
        ("FREQ=WEEKLY;INTERVAL=3", None),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;WKST=SU", None),
        ("FREQ=WEEKLY;BYDAY=TU", stranger),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=2", stranger),
        ("FREQ=MONTHLY;INTERVAL=5", None),
        ("FREQ=MONTHLY;BYDAY=1MO", None),
        ("FREQ=MONTHLY;BYDAY=2MO", stranger),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", None),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", stranger),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=FORWARD", None),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD", stranger),
        ("FREQ=YEARLY;INTERVAL=100", None),
        ("FREQ=YEARLY;BYMONTH=4", stranger),
        ("FREQ=YEARLY;BYWEEKNO=9", None),
        ("FREQ=YEARLY;BYWEEKNO=10", stranger),
        ("FREQ=YEARLY;BYYEARDAY=60", None),
        ("FREQ=YEARLY;BYDAY=9MO", None),
        ("FREQ=DAILY;BYHOUR=9,10", None),
        ("FREQ=DAILY;BYHOUR=10", stranger),
        ("FREQ=DAILY;BYHOUR=9,10;BYSETPOS=-1", stranger),
        ("FREQ=HOURLY;INTERVAL=7;BYMINUTE=0", None),
        ("FREQ=HOURLY;BYMINUTE=30", stranger),
        ("FREQ=MINUTELY;BYMONTH=4", stranger),
        ("FREQ=SECONDLY;INTERVAL=77;BYSECOND=0", None),
        ("FREQ=DAILY;COUNT=3;BYMONTH=4", stranger),
    ] {
        expect(rule, monday, &[(monday, note)]);
    }
    expect(
        "FREQ=WEEKLY;BYDAY=TU",
        "2027-03-01",
        &[("2027-03-01", stranger), ("2027-03-02", None)],
    );
    expect("FREQ=YEARLY", "1900-01-01", &[("1900-01-01", None)]);
}

#[test]
fn calendar_that_ends_surprises_nobody() {
    let last = "9999-12-31T20:00:00";
    assert_eq!(note("FREQ=DAILY", last, "America/New_York", last), None);
    assert_eq!(
        note("FREQ=DAILY", "9999-12-30T20:00:00", "America/New_York", last),
        None
    );
}

#[test]
fn days_that_stand_for_others_are_noted() {
    expect(
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD",
        "2027-01-31",
        &[
            ("2027-03-01", Some("31 February does not exist; moved to 1 March")),
            ("2027-03-31", None),
            ("2027-05-01", Some("31 April does not exist; moved to 1 May")),
        ],
    );
    expect(
        "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=28,30;SKIP=BACKWARD",
        "2027-01-28",
        &[
            ("2027-02-28", None),
            ("2028-02-28", None),
            ("2028-02-29", Some("30 February does not exist; moved to 29 February")),
        ],
    );
    expect(
        "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD",
        "2028-02-29",
        &[
            ("2029-03-01", Some("29 February does not exist; moved to 1 March")),
            ("2032-02-29", None),
        ],
    );
}
