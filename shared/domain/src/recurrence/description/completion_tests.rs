//! What rules say that begin anew with each completion. The start is Monday, 1 March 2027.

use super::tests::START;
use super::*;

const COMPLETION: &[(&str, &str)] = &[
    ("FREQ=DAILY", "every day at 09:00, counted from each completion"),
    (
        "FREQ=DAILY;INTERVAL=3",
        "every 3 days at 09:00, counted from each completion",
    ),
    (
        "FREQ=DAILY;INTERVAL=3;COUNT=5",
        "every 3 days at 09:00, counted from each completion, 5 times",
    ),
    ("FREQ=WEEKLY", "every week at 09:00, counted from each completion"),
    (
        "FREQ=WEEKLY;BYMONTH=6",
        "every week, only in June, at 09:00, counted from each completion",
    ),
    (
        "FREQ=WEEKLY;BYDAY=TU",
        "every Tuesday at 09:00, counted from each completion",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=20280301T090000",
        "every other week at 09:00, counted from each completion, until 1 March 2028 at 09:00",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU",
        "every other week on Monday and Thursday, weeks beginning on Sunday, at 09:00, counted from each completion",
    ),
    ("FREQ=MONTHLY", "every month at 09:00, counted from each completion"),
    (
        "FREQ=MONTHLY;BYMONTHDAY=1",
        "every month on the 1st at 09:00, counted from each completion",
    ),
    (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD",
        "every month on the same day, or the last day of shorter months, at 09:00, counted from each completion",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=3",
        "every 3 months at 09:00, counted from each completion",
    ),
    ("FREQ=YEARLY", "every year at 09:00, counted from each completion"),
    (
        "FREQ=YEARLY;BYMONTH=6,7",
        "every year on the same day of June and July at 09:00, counted from each completion",
    ),
    (
        "FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12",
        "every year on the same day of every month at 09:00, counted from each completion",
    ),
    // Not every hour from the completion, but what the clock's hours leave of its day.
    (
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        "every day, every hour from 00:00 to 23:00, counted from each completion",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=20",
        "every year on the same weekday of week 20 at 09:00, counted from each completion",
    ),
    ("FREQ=HOURLY;INTERVAL=5", "every 5 hours, counted from each completion"),
    (
        "FREQ=HOURLY;BYMINUTE=30",
        "every hour at 30 minutes past, counted from each completion",
    ),
    (
        "FREQ=HOURLY;BYHOUR=9,10,11",
        "every hour from 09:00 to 11:59, counted from each completion",
    ),
    (
        "FREQ=MINUTELY;INTERVAL=20",
        "every 20 minutes, counted from each completion",
    ),
    ("FREQ=DAILY;COUNT=1", "once, on 1 March 2027 at 09:07"),
];

/// The start's minute and day are none of the dates but the first's, where the rule leaves them open.
#[test]
fn counting_from_completions_is_said_and_leaves_the_start_out() {
    for (rule, expected) in COMPLETION {
        let rule: Rule = rule.parse().unwrap();
        let start = if rule.frequency() < Frequency::Daily || rule.count() == Some(1) {
            "2027-03-01T09:07:00"
        } else {
            START
        };
        let described = rule.description_in(Mode::Completion, start.parse().unwrap());
        assert_eq!(described, *expected, "{rule}");
    }
}
