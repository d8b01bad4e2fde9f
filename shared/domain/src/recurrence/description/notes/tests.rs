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
            ("2028-01-31", Some("skipped 31 September and 31 November")),
        ],
    );
    expect(
        "FREQ=YEARLY",
        "2028-02-29",
        &[("2032-02-29", Some("skipped 29 February 3 times"))],
    );
    expect("FREQ=MONTHLY;BYMONTHDAY=-31", "2027-01-01", &[("2027-03-01", None)]);
    expect("FREQ=MONTHLY;BYDAY=5MO", "2027-03-29", &[("2027-05-31", None)]);
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
