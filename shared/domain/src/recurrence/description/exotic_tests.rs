//! What the rarer rules are expected to say.

use super::tests::{START, described, expect};

const OF_THE_RFC: &[(&str, &str)] = &[
    (
        "FREQ=YEARLY;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "every day in January at 09:00",
    ),
    (
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=1,2,3",
        "every other year on the 1st of January, February and March at 09:00",
    ),
    (
        "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200",
        "every 3 years on the 1st, 100th and 200th day of the year at 09:00",
    ),
    (
        "FREQ=YEARLY;BYDAY=20MO",
        "every year on the 20th Monday of the year at 09:00",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "every year on Monday of week 20 at 09:00",
    ),
    (
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "every Thursday in June, July and August at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "every month on the 13th, if it is a Friday, at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "every month on the 7th to 13th, if it is a Saturday, at 09:00",
    ),
    (
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "every 4 years on 2 to 8 November, if it is a Tuesday, at 09:00",
    ),
    (
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "every month on the third of all Tuesdays, Wednesdays and Thursdays at 09:00, 3 times",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "every month on the second-to-last weekday at 09:00",
    ),
    (
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "every day, every 20 minutes from 09:00 to 16:40",
    ),
    (
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
        "every 20 minutes from 09:00 to 16:59",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU",
        "every other month on the first and last Sunday at 09:00",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11,12,13,14,15",
        "every 18 months on the 10th to 15th at 09:00",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "every other month on every Tuesday at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "every month on the third-to-last day at 09:00",
    ),
];

#[test]
fn the_examples_of_rfc_5545_are_clear() {
    expect(START, OF_THE_RFC);
}

const TIMES: &[(&str, &str)] = &[
    ("FREQ=DAILY;BYSECOND=0,30", "every day at 09:00:00 and 09:00:30"),
    (
        "FREQ=DAILY;BYHOUR=8,12;BYMINUTE=0,45",
        "every day at 08:00, 08:45, 12:00 and 12:45",
    ),
    (
        "FREQ=DAILY;BYHOUR=8,9,10,11,15;BYMINUTE=5,45",
        "every day at 5 and 45 minutes past the hours 8 to 11 and 15",
    ),
    (
        "FREQ=WEEKLY;BYHOUR=8,15;BYMINUTE=5,45;BYSECOND=1,2,4",
        "every Monday at 1, 2 and 4 seconds past the minutes 5 and 45 of the hours 8 and 15",
    ),
    ("FREQ=HOURLY;BYMINUTE=15,45", "every hour at 15 and 45 minutes past"),
    (
        "FREQ=HOURLY;BYMINUTE=15;BYSECOND=10",
        "every hour at 15 minutes and 10 seconds past",
    ),
    (
        "FREQ=HOURLY;BYHOUR=9,10,11,12,13,14,15,16,17",
        "every day, every hour from 09:00 to 17:00",
    ),
    ("FREQ=MINUTELY;BYSECOND=10,20", "every minute at 10 and 20 seconds past"),
    ("FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0", "every day at 09:00"),
    (
        "FREQ=MINUTELY;INTERVAL=7;BYMINUTE=0,1,2,3,30",
        "every 7 minutes, only at 0 to 3 and 30 minutes past the hour",
    ),
    (
        "FREQ=MINUTELY;INTERVAL=15;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,10,14",
        "every 15 minutes from 09:00 to 10:59 and from 14:00 to 14:59, only on weekdays",
    ),
    (
        "FREQ=HOURLY;BYDAY=SA,SU;BYMONTH=6",
        "every hour on the hour on Saturdays and Sundays in June",
    ),
    (
        "FREQ=DAILY;INTERVAL=3;BYMONTHDAY=13",
        "every 3 days, only on the 13th, at 09:00",
    ),
    (
        "FREQ=DAILY;BYHOUR=9,12,18;BYSETPOS=1,-1",
        "every day at 09:00 and 18:00",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=1,15;BYHOUR=9,18;BYSETPOS=-1",
        "every month on the 15th at 18:00",
    ),
];

#[test]
fn times_of_day_are_clear_whatever_they_are() {
    expect(START, TIMES);
}

#[test]
fn months_limit_what_repeats_by_shorter_periods() {
    expect(
        START,
        &[
            (
                "FREQ=MONTHLY;BYMONTH=6,7;BYMONTHDAY=15",
                "every year on the 15th of June and July at 09:00",
            ),
            (
                "FREQ=MONTHLY;INTERVAL=5;BYMONTH=6,7;BYMONTHDAY=15",
                "every 5 months on the 15th, only in June and July, at 09:00",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYMONTH=6",
                "every other week on Monday, only in June, at 09:00",
            ),
            (
                "FREQ=DAILY;INTERVAL=2;BYMONTH=6",
                "every other day, only in June, at 09:00",
            ),
            ("FREQ=DAILY;BYMONTH=6", "every day in June at 09:00"),
            ("FREQ=YEARLY;BYMONTHDAY=13", "every month on the 13th at 09:00"),
            (
                "FREQ=YEARLY;INTERVAL=2;BYMONTHDAY=13",
                "every other year on the 13th of every month at 09:00",
            ),
            (
                "FREQ=YEARLY;BYMONTH=2,5;BYMONTHDAY=-1",
                "every year on the last day of February and May at 09:00",
            ),
        ],
    );
}

#[test]
fn the_longest_rules_are_described_in_bounds() {
    let odd = |end: i32| {
        (1..=end)
            .step_by(2)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    for rule in [
        format!(
            "FREQ=YEARLY;BYYEARDAY={};BYMONTHDAY={};BYDAY=MO,1TU,-1FR",
            odd(365),
            odd(31)
        ),
        format!("FREQ=YEARLY;BYDAY=MO;BYSETPOS={}", odd(365)),
        format!(
            "FREQ=YEARLY;INTERVAL=2;BYHOUR={};BYMINUTE={};BYSECOND={}",
            odd(23),
            odd(59),
            odd(59)
        ),
    ] {
        let text = described(&rule, START);
        assert!(text.len() < 4 * rule.len(), "{rule}: {text}");
    }
}

#[test]
fn conditions_ask_for_one_of_several() {
    expect(
        START,
        &[
            (
                "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=1FR,2FR",
                "every month on the 13th, if it is the first or second Friday of the month, at 09:00",
            ),
            (
                "FREQ=YEARLY;BYMONTHDAY=1;BYYEARDAY=1,60,-1",
                "every year on the 1st of every month, if it is the 1st or 60th day or the last day of the year, at 09:00",
            ),
        ],
    );
}
