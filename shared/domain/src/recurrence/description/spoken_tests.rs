//! What rules sound like that hardly anybody writes, read aloud. The start is Monday, 1 March 2027 at nine.

use super::tests::{START, expect};

const PICKED: &[(&str, &str)] = &[
    (
        "FREQ=HOURLY;BYMINUTE=0,30;BYSECOND=0,30;BYSETPOS=1,4",
        "every hour, only the first and fourth of these: 0 and 30 seconds past the minutes 0 and 30",
    ),
    ("FREQ=SECONDLY;BYMONTH=2;BYSETPOS=60", "once, on 1 March 2027 at 09:00"),
    (
        "FREQ=DAILY;COUNT=9;BYHOUR=9,18;BYSETPOS=3",
        "once, on 1 March 2027 at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=1,2;BYSETPOS=3",
        "once, on 1 March 2027 at 09:00",
    ),
    ("FREQ=DAILY;BYHOUR=9,18;BYSETPOS=1", "every day at 09:00"),
    (
        "FREQ=DAILY;INTERVAL=2;BYHOUR=9,18;BYSETPOS=1;BYMONTH=3",
        "every other day, only in March, at 09:00",
    ),
    ("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=-1", "every Wednesday at 09:00"),
    ("FREQ=WEEKLY;BYDAY=MO;BYHOUR=9,18;BYSETPOS=-1", "every Monday at 18:00"),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "every month on the first of all Mondays and Tuesdays at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=1",
        "every month on the 1st at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYMONTH=12;BYMONTHDAY=1,24;BYSETPOS=-1",
        "every year on 24 December at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,18;BYSETPOS=-1",
        "every month, only the last of these: every weekday at 09:00 and 18:00",
    ),
    (
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1;BYSETPOS=-1",
        "every year on 1 December at 09:00",
    ),
    ("FREQ=YEARLY;BYMONTH=6,12;BYSETPOS=1", "every year on 1 June at 09:00"),
    (
        "FREQ=YEARLY;BYDAY=MO;BYSETPOS=10",
        "every year on the tenth Monday of the year at 09:00",
    ),
    (
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        "every year on the first weekday of the year at 09:00",
    ),
    (
        "FREQ=YEARLY;BYMONTH=3,6;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        "every year on the first of all weekdays in March and June at 09:00",
    ),
    (
        "FREQ=YEARLY;BYYEARDAY=100;BYSETPOS=1",
        "every year on the 100th day of the year at 09:00",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=1,20;BYDAY=MO;BYSETPOS=-1",
        "every year, only the last of these: Monday of weeks 1 and 20 at 09:00",
    ),
    (
        "FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR;BYSETPOS=1",
        "every year, only the first of these: the 13th of every month, if it is a Friday, at 09:00",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=SA,SU;BYSETPOS=1",
        "every other month on the first weekend day at 09:00",
    ),
];

#[test]
fn what_is_picked_is_said_itself_where_it_is_always_the_same() {
    expect(START, PICKED);
}

const DAYS: &[(&str, &str)] = &[
    (
        "FREQ=DAILY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11",
        "every day except in December at 09:00",
    ),
    (
        "FREQ=WEEKLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11",
        "every Monday except in December at 09:00",
    ),
    (
        "FREQ=DAILY;INTERVAL=3;BYMONTHDAY=1,-1",
        "every 3 days, only on the 1st and the last day, at 09:00",
    ),
    ("FREQ=DAILY;BYMONTHDAY=31", "every month on the 31st at 09:00"),
    (
        "FREQ=DAILY;INTERVAL=4;BYMONTH=1,2;BYDAY=MO",
        "every 4 days, only on Mondays in January and February, at 09:00",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR",
        "every other week on weekdays at 09:00",
    ),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "every other week on every day at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,1FR",
        "every Monday and the first Friday of every month at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=1MO,-1FR",
        "every month on the first Monday and the last Friday at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYDAY=1MO,2TU,3WE",
        "every month on the first Monday, the second Tuesday and the third Wednesday at 09:00",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR",
        "every other month on every weekday at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=1,-1",
        "every month on the 1st and the last day at 09:00",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=-1,-2,-3",
        "every month on the last 3 days at 09:00",
    ),
    (
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1;BYMONTH=3,6",
        "every 3 months on the 1st, only in March and June, at 09:00",
    ),
    (
        "FREQ=YEARLY;BYDAY=MO,1FR",
        "every Monday and the first Friday of every year at 09:00",
    ),
    (
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYDAY=MO",
        "every other year on every Monday in March at 09:00",
    ),
    (
        "FREQ=YEARLY;BYMONTH=3;BYDAY=MO,1FR",
        "every Monday in March and the first Friday of March at 09:00",
    ),
    (
        "FREQ=YEARLY;BYMONTH=3,6;BYDAY=2MO",
        "every year on the second Monday of March and June at 09:00",
    ),
    (
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24,25,26",
        "every year on 24, 25 and 26 December at 09:00",
    ),
    (
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1",
        "every year on the last day of December at 09:00",
    ),
    (
        "FREQ=YEARLY;BYYEARDAY=-1",
        "every year on the last day of the year at 09:00",
    ),
    (
        "FREQ=YEARLY;BYYEARDAY=100;BYDAY=MO",
        "every year on the 100th day of the year, if it is a Monday, at 09:00",
    ),
    (
        "FREQ=YEARLY;BYYEARDAY=1,100;BYMONTH=1",
        "every year on the 1st and 100th day of the year, only in January, at 09:00",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=20,21,22;BYDAY=MO,FR",
        "every year on Monday and Friday of weeks 20, 21 and 22 at 09:00",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU",
        "every year on Sunday of the last week at 09:00",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "every year on every day of week 1 at 09:00",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=20;BYMONTH=5",
        "every year on Monday of week 20, only in May, at 09:00",
    ),
    (
        "FREQ=YEARLY;BYWEEKNO=20;BYMONTHDAY=13",
        "every year on the 13th of every month, if it is in week 20, at 09:00",
    ),
    (
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=SU;BYHOUR=8,9;BYMINUTE=30",
        "every other year on every Sunday in January at 08:30 and 09:30",
    ),
    (
        "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=2,3,4,5,6,7,8;BYDAY=TU",
        "every year on 2 to 8 November, if it is a Tuesday, at 09:00",
    ),
    (
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        "every hour on the hour",
    ),
    (
        "FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11;BYMONTHDAY=1",
        "every year on the 1st of every month except December at 09:00",
    ),
    (
        "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31;SKIP=BACKWARD",
        "every year on the 31st of February and April, or the last day of shorter months, at 09:00",
    ),
    (
        "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=MO;SKIP=BACKWARD",
        "every month on the 31st, or the last day of shorter months, if it is a Monday, at 09:00",
    ),
];

#[test]
fn days_are_named_as_a_person_names_them() {
    expect(START, DAYS);
}
