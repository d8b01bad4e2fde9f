use super::super::tests::{START, expect};

const LIMITED: &[(&str, &str)] = &[
    (
        "FREQ=HOURLY;INTERVAL=5;BYHOUR=9,10,17;BYMINUTE=15,45",
        "every 5 hours, only at 09:15, 09:45, 10:15, 10:45, 17:15 and 17:45",
    ),
    (
        "FREQ=HOURLY;INTERVAL=5;BYHOUR=9,10,17;BYDAY=MO,TU",
        "every 5 hours, only at 09:00, 10:00 and 17:00, and only on Mondays and Tuesdays",
    ),
    (
        "FREQ=HOURLY;INTERVAL=5;BYDAY=MO,TU",
        "every 5 hours on the hour, only on Mondays and Tuesdays",
    ),
    ("FREQ=HOURLY;BYHOUR=9,10,17", "every day at 09:00, 10:00 and 17:00"),
    (
        "FREQ=HOURLY;BYMINUTE=0,15,30,45",
        "every hour at 0, 15, 30 and 45 minutes past",
    ),
    (
        "FREQ=HOURLY;BYMINUTE=0,15,30,45;BYSETPOS=-1",
        "every hour at 45 minutes past",
    ),
    (
        "FREQ=HOURLY;INTERVAL=2;BYSECOND=0,30;BYSETPOS=2",
        "every 2 hours at 30 seconds past the hour",
    ),
    (
        "FREQ=MINUTELY;INTERVAL=7;BYMINUTE=0",
        "every 7 minutes, only on the hour",
    ),
    (
        "FREQ=MINUTELY;INTERVAL=7;BYMINUTE=0;BYHOUR=9",
        "every 7 minutes, only at 09:00",
    ),
    (
        "FREQ=MINUTELY;INTERVAL=10;BYSECOND=0,30",
        "every 10 minutes at 0 and 30 seconds past",
    ),
    (
        "FREQ=MINUTELY;BYSECOND=0,20,40;BYSETPOS=-1",
        "every minute at 40 seconds past",
    ),
    (
        "FREQ=SECONDLY;INTERVAL=7;BYSECOND=0",
        "every 7 seconds, only on the minute",
    ),
    (
        "FREQ=SECONDLY;INTERVAL=7;BYSECOND=0;BYMINUTE=0",
        "every 7 seconds, only on the hour",
    ),
    (
        "FREQ=SECONDLY;INTERVAL=7;BYSECOND=0;BYMINUTE=0;BYHOUR=9",
        "every 7 seconds, only at 09:00",
    ),
    (
        "FREQ=SECONDLY;INTERVAL=7;BYSECOND=0,1,2,3;BYMINUTE=0,30",
        "every 7 seconds, only at 0 to 3 seconds past the minutes 0 and 30 of the hour",
    ),
    (
        "FREQ=SECONDLY;INTERVAL=10;BYMINUTE=0",
        "every 10 seconds, only in the first minute of the hour",
    ),
    (
        "FREQ=SECONDLY;BYMINUTE=0,1",
        "every second, only in the minutes 0 and 1 of the hour",
    ),
    (
        "FREQ=SECONDLY;BYHOUR=9;BYDAY=MO",
        "every second from 09:00 to 09:59, only on Mondays",
    ),
    (
        "FREQ=HOURLY;BYMONTHDAY=1",
        "every hour on the hour on the 1st of every month",
    ),
    (
        "FREQ=HOURLY;INTERVAL=3;BYYEARDAY=1,-1",
        "every 3 hours on the hour, only on the 1st day and the last day of the year",
    ),
    (
        "FREQ=MINUTELY;BYMONTHDAY=1;BYDAY=MO",
        "every minute on the 1st of every month, if it is a Monday",
    ),
    (
        "FREQ=MINUTELY;INTERVAL=5;BYMONTH=1,2;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9",
        "every 5 minutes from 09:00 to 09:59, only on weekdays in January and February",
    ),
];

#[test]
fn what_only_limits_is_not_said_to_repeat() {
    expect(START, LIMITED);
}

#[test]
fn all_the_minutes_and_seconds_are_not_counted_up() {
    let all: Vec<_> = (0..60).map(|number| number.to_string()).collect();
    let all = all.join(",");
    let minutes = format!("FREQ=HOURLY;INTERVAL=2;BYMINUTE={all}");
    let seconds = format!("FREQ=MINUTELY;INTERVAL=2;BYSECOND={all}");
    expect(
        START,
        &[
            (&minutes, "every 2 hours at every minute of the hour"),
            (&seconds, "every 2 minutes at every second of the minute"),
            (
                &format!("{minutes};BYSECOND={all}"),
                "every 2 hours at every second of the hour",
            ),
            (
                &format!("{minutes};BYSECOND=15,45"),
                "every 2 hours at 15 and 45 seconds past every minute",
            ),
        ],
    );
}
