//! Every text that is refused, with the part and the position that its message names.

use super::{Rule, RuleError};

fn refusal(text: &str) -> String {
    text.parse::<Rule>().unwrap_err().to_string()
}

/// Each row is a text, what its refusal says, and the character it names.
fn hold(rows: &[(&str, &str, usize)]) {
    for (text, message, at) in rows {
        assert_eq!(refusal(text), format!("{message} (character {at})"), "{text}");
    }
}

#[test]
fn what_is_no_rule_at_all_is_refused() {
    for (text, message) in [
        ("", "must be an RFC 5545 rule such as FREQ=WEEKLY;INTERVAL=2"),
        (
            "rrule:FREQ=DAILY",
            "must not begin with RRULE:; leave that out, as in FREQ=WEEKLY;INTERVAL=2",
        ),
        (
            "FREQ=DAILY;",
            "has an empty part at character 12; parts are separated by single semicolons",
        ),
        (
            ";FREQ=DAILY",
            "has an empty part at character 1; parts are separated by single semicolons",
        ),
        (
            "FREQ",
            "has a part at character 1 without a value; parts are written NAME=VALUE",
        ),
        ("INTERVAL=2", "must have a FREQ part, such as FREQ=WEEKLY"),
        (
            "FREQ=DAILY;COUNT=1;UNTIL=20270301",
            "UNTIL at character 20 must not stand beside COUNT; a rule ends by one of them",
        ),
        (
            "UNTIL=20270301;FREQ=DAILY;COUNT=1",
            "COUNT at character 27 must not stand beside UNTIL; a rule ends by one of them",
        ),
    ] {
        assert_eq!(refusal(text), message, "{text}");
    }
    assert_eq!("X".repeat(2049).parse::<Rule>(), Err(RuleError::TooLong));
    assert_eq!(RuleError::TooLong.to_string(), "must be at most 2048 bytes long");
}

#[test]
fn parts_must_be_known_and_there_once() {
    for (text, message) in [
        ("É=1;FREQ=DAILY", "É at character 1 is not a part of a recurrence rule"),
        (
            "FREQ=DAILY; COUNT=1",
            " COUNT at character 12 is not a part of a recurrence rule",
        ),
        (
            "FREQ=DAILY;\n=1",
            "\\n at character 12 is not a part of a recurrence rule",
        ),
        (
            "FREQ=DAILY;X-DAY=1",
            "X-DAY at character 12 is not a part of a recurrence rule",
        ),
        (
            "FREQ=YEARLY;byeaster=0",
            "BYEASTER at character 13 is not supported; a rule can count from no movable feast",
        ),
        ("FREQ=DAILY;COUNT=1;COUNT=1", "COUNT at character 20 is there twice"),
        ("FREQ=DAILY;BYDAY=MO;byday=TU", "BYDAY at character 21 is there twice"),
    ] {
        assert_eq!(refusal(text), message, "{text}");
    }
    let long = refusal(&format!("{}=1", "x".repeat(99)));
    assert_eq!(long.split(' ').next(), Some(&*"X".repeat(20)));
}

#[test]
fn words_must_be_among_those_there_are() {
    let frequency = "FREQ must be SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY";
    let week_start = "WKST must be MO, TU, WE, TH, FR, SA or SU";
    let calendar = "RSCALE must be GREGORIAN; no other calendar is supported";
    let skip = "SKIP must be OMIT, BACKWARD or FORWARD";
    hold(&[
        ("FREQ=DAYLY", frequency, 6),
        ("FREQ=", frequency, 6),
        ("COUNT=1;FREQ= DAILY", frequency, 14),
        ("FREQ=WEEKLY;WKST=MON", week_start, 18),
        ("FREQ=WEEKLY;WKST=", week_start, 18),
        ("FREQ=WEEKLY;WKST=1MO", week_start, 18),
        ("RSCALE=CHINESE;FREQ=YEARLY", calendar, 8),
        ("RSCALE=GREGORIAN;SKIP=NEVER;FREQ=YEARLY", skip, 23),
        ("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=", skip, 35),
    ]);
}

#[test]
fn interval_and_count_are_bounded() {
    for (name, at) in [("INTERVAL", 21), ("COUNT", 18)] {
        let message = format!("{name} must be a whole number from 1 to 100000");
        for value in ["", "0", "-1", "+1", "1.5", "1,2", "100001", "4294967296", "１", " 1"] {
            hold(&[(&format!("FREQ=DAILY;{name}={value}"), &message, at)]);
        }
    }
}

#[test]
fn items_of_a_list_are_bounded() {
    let refused = |name: &str, bounds: &str, values: &[&str]| {
        let message = format!("{name} must be whole numbers from {bounds}, separated by commas");
        for value in values {
            let text = format!("FREQ=YEARLY;{name}=1,{value}");
            hold(&[(&text, &message, text.find('=').unwrap() + name.len() + 12)]);
        }
    };
    let none = ["", "0", "+", "-", "--1", "1.5", " 1", "１", "-0", "99999999999"];
    let also = |value| [&none[..], &[value]].concat();
    refused("BYWEEKNO", "1 to 53 or -53 to -1", &also("54"));
    refused("BYWEEKNO", "1 to 53 or -53 to -1", &["-54", "1L"]);
    refused("BYYEARDAY", "1 to 366 or -366 to -1", &also("367"));
    refused("BYMONTHDAY", "1 to 31 or -31 to -1", &also("-32"));
    refused("BYSETPOS", "1 to 366 or -366 to -1", &also("-367"));
    refused("BYMONTH", "1 to 12", &["", "0", "13", "-1", "+1", "L", "1X"]);
    refused("BYHOUR", "0 to 23", &["", "24", "-1", "+1"]);
    refused("BYMINUTE", "0 to 59", &["", "60", "-1", "+1"]);
    refused("BYSECOND", "0 to 60", &["", "61", "-1", "+1"]);
    let leap_month = "BYMONTH has a leap month, which the Gregorian calendar does not have";
    hold(&[("FREQ=YEARLY;BYMONTH=5,5L", leap_month, 23)]);
}

#[test]
fn items_of_byday_are_weekdays_with_or_without_a_place() {
    let message = "BYDAY must be weekdays such as MO or, from 1 to 53, 1MO or -1FR, separated by commas";
    for item in [
        "", "M", "MON", "0MO", "54MO", "-54MO", "+-1MO", "1 MO", "MO ", "1", "ÉO", "1É",
    ] {
        hold(&[(&format!("FREQ=MONTHLY;BYDAY=MO,{item}"), message, 23)]);
    }
}

#[test]
fn parts_must_go_together() {
    for (text, message) in [
        (
            "FREQ=MONTHLY;BYWEEKNO=1",
            "BYWEEKNO at character 14 goes with FREQ=YEARLY only",
        ),
        (
            "BYYEARDAY=1;FREQ=DAILY",
            "BYYEARDAY at character 1 does not go with FREQ=DAILY, WEEKLY or MONTHLY",
        ),
        (
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "BYMONTHDAY at character 13 does not go with FREQ=WEEKLY",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,1TU",
            "BYDAY at character 13 can have places, as in 1MO, with FREQ=MONTHLY and YEARLY only",
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=1;BYDAY=1MO",
            "BYDAY at character 24 cannot have places, as in 1MO, where BYWEEKNO is given",
        ),
        (
            "FREQ=YEARLY;BYSETPOS=1",
            "BYSETPOS at character 13 needs another BY part, whose dates it picks from",
        ),
        (
            "FREQ=YEARLY;SKIP=OMIT",
            "SKIP at character 13 needs RSCALE, as in RSCALE=GREGORIAN;SKIP=FORWARD",
        ),
    ] {
        assert_eq!(refusal(text), message, "{text}");
    }
    for frequency in ["SECONDLY", "MINUTELY", "HOURLY", "YEARLY"] {
        format!("FREQ={frequency};BYYEARDAY=1").parse::<Rule>().unwrap();
    }
}

#[test]
fn until_must_be_one_of_three_forms_and_exist() {
    let shape = "UNTIL must be like 20270301, 20270301T090000 or 20270301T090000Z";
    for value in [
        "",
        "2027-03-01",
        "2027030",
        "20270301Z",
        "20270301T",
        "20270301T0900",
        "2027030１",
        "20270301T090000ZZ",
        "20270301T090000.5",
        "20270301T090000+01",
        "20270301T09:0000",
        "+0270301",
    ] {
        hold(&[(&format!("FREQ=DAILY;UNTIL={value}"), shape, 18)]);
    }
    hold(&[
        (
            "FREQ=DAILY;UNTIL=20270229",
            "UNTIL is no such day or time: February 2027 has 28 days, so there is no day 29",
            18,
        ),
        (
            "FREQ=DAILY;UNTIL=20270228T235960Z",
            "UNTIL is no such day or time: time must be from 00:00:00 to 23:59:59",
            18,
        ),
    ]);
}
