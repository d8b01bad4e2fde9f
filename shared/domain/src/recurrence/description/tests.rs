//! What rules are expected to say, the common ones first. The start is Monday, 1 March 2027 unless another is given.

use super::*;

pub(super) const START: &str = "2027-03-01T09:00:00";

pub(super) fn described(text: &str, start: &str) -> String {
    let rule: Rule = text.parse().unwrap();
    rule.description(start.parse().unwrap())
}

pub(super) fn expect(start: &str, texts: &[(&str, &str)]) {
    for (rule, expected) in texts {
        assert_eq!(described(rule, start), *expected, "{rule} from {start}");
    }
}

const COMMON: &[(&str, &str)] = &[
    ("FREQ=DAILY", "every day at 09:00"),
    ("FREQ=DAILY;INTERVAL=2", "every other day at 09:00"),
    ("FREQ=DAILY;INTERVAL=10;COUNT=5", "every 10 days at 09:00, 5 times"),
    ("FREQ=DAILY;COUNT=10", "every day at 09:00, 10 times"),
    ("FREQ=WEEKLY", "every Monday at 09:00"),
    ("FREQ=WEEKLY;BYDAY=MO", "every Monday at 09:00"),
    ("FREQ=WEEKLY;BYDAY=TU,TH", "every Tuesday and Thursday at 09:00"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday at 09:00"),
    ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "every weekday at 09:00"),
    ("FREQ=WEEKLY;BYDAY=SA,SU", "every Saturday and Sunday at 09:00"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "every day at 09:00"),
    ("FREQ=WEEKLY;INTERVAL=2", "every other week on Monday at 09:00"),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270301T090000",
        "every other week on Monday and Thursday at 09:00, until 1 March 2027 at 09:00",
    ),
    ("FREQ=WEEKLY;INTERVAL=3", "every 3 weeks on Monday at 09:00"),
    ("FREQ=MONTHLY", "every month on the 1st at 09:00"),
    (
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "every month on the 1st and 15th at 09:00",
    ),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day at 09:00"),
    ("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday at 09:00"),
    ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday at 09:00"),
    (
        "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1",
        "every month on the last Friday at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "every month on the first and third Monday at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "every month on the last weekday at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
        "every month on the first and last weekday at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=SU,SA;BYSETPOS=1",
        "every month on the first weekend day at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1",
        "every month on the last day at 09:00",
    ),
    ("FREQ=MONTHLY;INTERVAL=3", "every 3 months on the 1st at 09:00"),
    ("FREQ=YEARLY", "every year on 1 March at 09:00"),
    ("FREQ=YEARLY;INTERVAL=2", "every other year on 1 March at 09:00"),
    (
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
        "every year on the fourth Thursday of November at 09:00",
    ),
    (
        "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "every year on the last Sunday of March at 09:00",
    ),
    (
        "FREQ=YEARLY;BYMONTH=1,7",
        "every year on the 1st of January and July at 09:00",
    ),
    ("FREQ=HOURLY", "every hour on the hour"),
    ("FREQ=HOURLY;INTERVAL=2", "every 2 hours on the hour"),
    ("FREQ=MINUTELY;INTERVAL=15", "every 15 minutes"),
    ("FREQ=SECONDLY;INTERVAL=30", "every 30 seconds"),
    ("FREQ=DAILY;BYHOUR=9,12,18", "every day at 09:00, 12:00 and 18:00"),
];

#[test]
fn what_calendars_offer_first_reads_like_a_person_wrote_it() {
    expect(START, COMMON);
}

#[test]
fn ends_are_said_last() {
    expect(
        START,
        &[
            (
                "FREQ=DAILY;UNTIL=20270401T090000",
                "every day at 09:00, until 1 April 2027 at 09:00",
            ),
            (
                "FREQ=DAILY;UNTIL=20270401T090030",
                "every day at 09:00, until 1 April 2027 at 09:00:30",
            ),
            (
                "FREQ=DAILY;UNTIL=20270401T090000Z",
                "every day at 09:00, until 1 April 2027 at 09:00 UTC",
            ),
            ("FREQ=DAILY;COUNT=2", "every day at 09:00, 2 times"),
            ("FREQ=YEARLY;COUNT=1", "once, on 1 March 2027 at 09:00"),
        ],
    );
    expect(
        "2027-03-01",
        &[
            ("FREQ=DAILY", "every day"),
            (
                "FREQ=WEEKLY;INTERVAL=2;UNTIL=20280301",
                "every other week on Monday, until 1 March 2028",
            ),
            ("FREQ=MONTHLY;COUNT=12", "every month on the 1st, 12 times"),
            ("FREQ=MONTHLY;COUNT=1", "once, on 1 March 2027"),
        ],
    );
}

#[test]
fn what_becomes_of_days_that_months_lack_is_said_where_they_lack_them() {
    expect(
        "2027-01-31T09:00:00",
        &[
            ("FREQ=MONTHLY", "every month on the 31st at 09:00"),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;INTERVAL=3;SKIP=BACKWARD",
                "every 3 months on the 31st, or the last day of shorter months, at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD",
                "every month on the 31st, or the day after the end of shorter months, at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30;SKIP=BACKWARD",
                "every month on the 30th, or the last day of February, at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30;SKIP=FORWARD",
                "every month on the 30th, or 1 March when February is shorter, at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD",
                "every year on 31 January at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=28;SKIP=FORWARD",
                "every month on the 28th at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=-31;SKIP=FORWARD",
                "every month on the 31st-to-last day, or the first day of shorter months, at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD",
                "every year on the 366th day of the year, or the last day of shorter years, at 09:00",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTHDAY=31,-31;SKIP=BACKWARD",
                "every month on the 31st and the 31st-to-last day, or the day before where there is none, at 09:00",
            ),
        ],
    );
    expect(
        "2028-02-29",
        &[
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD",
                "every year on 29 February, or 1 March in other years",
            ),
            (
                "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD",
                "every year on 29 February, or 28 February in other years",
            ),
            ("FREQ=YEARLY", "every year on 29 February"),
        ],
    );
}

#[test]
fn weeks_say_where_they_begin_only_where_it_changes_the_dates() {
    expect(
        "1997-08-05T09:00:00",
        &[
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
                "every other week on Tuesday and Sunday, weeks beginning on Sunday, at 09:00",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
                "every other week on Tuesday and Sunday at 09:00",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU",
                "every other week on Tuesday and Thursday at 09:00",
            ),
            ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "every other week on Tuesday at 09:00"),
            ("FREQ=WEEKLY;BYDAY=TU,SU;WKST=SU", "every Tuesday and Sunday at 09:00"),
            ("FREQ=DAILY;INTERVAL=2;WKST=SU", "every other day at 09:00"),
            (
                "FREQ=YEARLY;BYWEEKNO=1,-1;WKST=SU",
                "every year on Tuesday of week 1 and the last week, weeks beginning on Sunday, at 09:00",
            ),
            ("FREQ=WEEKLY;BYDAY=TU,SU;BYSETPOS=1;WKST=SU", "every Sunday at 09:00"),
        ],
    );
}
