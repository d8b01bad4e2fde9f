//! RFC 5545's own examples: those of §3.3.10 and §3.8.5.3.

mod skip;

use chrono::NaiveDate;

use super::Schedule;
use crate::civil::Civil;

const NINE: &str = "T09:00:00";
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The dates as the RFC lists them, such as `1997 Sep 2-4 9 Oct 7`, each followed by `time`; and whether they are all,
/// which they are not where `…` ends them.
fn listed(text: &str, time: &str) -> (Vec<String>, bool) {
    let (mut year, mut month, mut dates) = (0, 0, Vec::new());
    for word in text.split_whitespace().filter(|word| *word != "…") {
        if let Some(index) = MONTHS.iter().position(|name| *name == word) {
            month = u32::try_from(index + 1).unwrap();
        } else if let Some(number) = word.parse().ok().filter(|number| *number > 31) {
            year = number;
        } else {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            for day in first.parse().unwrap()..=last.parse().unwrap() {
                let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
                dates.push(format!("{date}{time}"));
            }
        }
    }
    (dates, !text.ends_with('…'))
}

/// The first `most` dates in New York, where all the RFC's examples are.
fn given(rule: &str, start: &str, exceptions: &[&str], most: usize) -> Vec<String> {
    let zone = "America/New_York".parse().unwrap();
    let exceptions = exceptions.iter().map(|text| text.parse().unwrap()).collect();
    let start: Civil = start.parse().unwrap();
    let schedule = Schedule::new(rule.parse().unwrap(), start, zone, exceptions, vec![]).unwrap();
    schedule
        .iter()
        .take(most)
        .map(|date| date.unwrap().to_string())
        .collect()
}

/// Each row is a rule and its dates; a row without dates is another rule for the dates of the row below it.
fn hold_at(time: &str, rows: &[(&str, &str)]) {
    let mut expected = (vec![], true);
    for (rule, text) in rows.iter().rev() {
        if !text.is_empty() {
            expected = listed(text, time);
        }
        let (dates, are_all) = &expected;
        let most = dates.len() + usize::from(*are_all);
        assert_eq!(given(rule, &dates[0], &[], most), *dates, "{rule}");
    }
}

#[test]
fn daily_examples_hold() {
    hold_at(
        NINE,
        &[
            ("FREQ=DAILY;COUNT=10", "1997 Sep 2-11"),
            (
                "FREQ=DAILY;UNTIL=19971224T000000Z",
                "1997 Sep 2-30 Oct 1-31 Nov 1-30 Dec 1-23",
            ),
            (
                "FREQ=DAILY;INTERVAL=2",
                "1997 Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 Oct 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30
                 Nov 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 Dec 1 3 …",
            ),
            ("FREQ=DAILY;INTERVAL=10;COUNT=5", "1997 Sep 2 12 22 Oct 2 12"),
            (
                "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
                "",
            ),
            (
                "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
                "1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31",
            ),
            ("FREQ=DAILY;COUNT=10;INTERVAL=2", "1997 Sep 2 4 6 8 10 12 14 16 18 20"),
        ],
    );
}

#[test]
fn weekly_examples_hold() {
    hold_at(
        NINE,
        &[
            ("FREQ=WEEKLY;COUNT=10", "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4"),
            (
                "FREQ=WEEKLY;UNTIL=19971224T000000Z",
                "1997 Sep 2 9 16 23 30 Oct 7 14 21 28 Nov 4 11 18 25 Dec 2 9 16 23",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
                "1997 Sep 2 16 30 Oct 14 28 Nov 11 25 Dec 9 23 1998 Jan 6 20 Feb 3 17 …",
            ),
            ("FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH", ""),
            (
                "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
                "1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
                "1997 Sep 1 3 5 15 17 19 29 Oct 1 3 13 15 17 27 29 31 Nov 10 12 14 24 26 28 Dec 8 10 12 22",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
                "1997 Sep 2 4 16 18 30 Oct 2 14 16",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
                "1997 Aug 5 10 19 24",
            ),
            (
                "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
                "1997 Aug 5 17 19 31",
            ),
        ],
    );
}

#[test]
fn monthly_examples_hold() {
    hold_at(
        NINE,
        &[
            (
                "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
                "1997 Sep 5 Oct 3 Nov 7 Dec 5 1998 Jan 2 Feb 6 Mar 6 Apr 3 May 1 Jun 5",
            ),
            (
                "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
                "1997 Sep 5 Oct 3 Nov 7 Dec 5",
            ),
            (
                "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
                "1997 Sep 7 28 Nov 2 30 1998 Jan 4 25 Mar 1 29 May 3 31",
            ),
            (
                "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
                "1997 Sep 22 Oct 20 Nov 17 Dec 22 1998 Jan 19 Feb 16",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=-3",
                "1997 Sep 28 Oct 29 Nov 28 Dec 29 1998 Jan 29 Feb 26 …",
            ),
            (
                "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
                "1997 Sep 2 15 Oct 2 15 Nov 2 15 Dec 2 15 1998 Jan 2 15",
            ),
            (
                "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
                "1997 Sep 30 Oct 1 31 Nov 1 30 Dec 1 31 1998 Jan 1 31 Feb 1",
            ),
            (
                "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
                "1997 Sep 10-15 1999 Mar 10-13",
            ),
            (
                "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
                "1997 Sep 2 9 16 23 30 Nov 4 11 18 25 1998 Jan 6 13 20 27 Mar 3 10 17 24 31 …",
            ),
            (
                "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
                "1997 Sep 13 Oct 11 Nov 8 Dec 13 1998 Jan 10 Feb 7 Mar 7 Apr 11 May 9 Jun 13 …",
            ),
            (
                "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
                "1997 Sep 4 Oct 7 Nov 6",
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
                "1997 Sep 29 Oct 30 Nov 27 Dec 30 1998 Jan 29 Feb 26 Mar 30 …",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
                "2007 Jan 15 30 Feb 15 Mar 15 30",
            ),
        ],
    );
}

#[test]
fn yearly_examples_hold() {
    hold_at(
        NINE,
        &[
            (
                "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
                "1997 Jun 10 Jul 10 1998 Jun 10 Jul 10 1999 Jun 10 Jul 10 2000 Jun 10 Jul 10 2001 Jun 10 Jul 10",
            ),
            (
                "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
                "1997 Mar 10 1999 Jan 10 Feb 10 Mar 10 2001 Jan 10 Feb 10 Mar 10 2003 Jan 10 Feb 10 Mar 10",
            ),
            (
                "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
                "1997 Jan 1 Apr 10 Jul 19 2000 Jan 1 Apr 9 Jul 18 2003 Jan 1 Apr 10 Jul 19 2006 Jan 1",
            ),
            ("FREQ=YEARLY;BYDAY=20MO", "1997 May 19 1998 May 18 1999 May 17 …"),
            (
                "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
                "1997 May 12 1998 May 11 1999 May 17 …",
            ),
            (
                "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
                "1997 Mar 13 20 27 1998 Mar 5 12 19 26 1999 Mar 4 11 18 25 …",
            ),
            (
                "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
                "1997 Jun 5 12 19 26 Jul 3 10 17 24 31 Aug 7 14 21 28 1998 Jun 4 11 18 25 Jul 2 9 16 23 30
                 Aug 6 13 20 27 1999 Jun 3 10 17 24 Jul 1 8 15 22 29 Aug 5 12 19 26 …",
            ),
            (
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "1996 Nov 5 2000 Nov 7 2004 Nov 2 …",
            ),
            // §3.3.10, BYYEARDAY: −1 is 31 December, −306 is 1 March.
            ("FREQ=YEARLY;BYYEARDAY=-1,-306", "1997 Mar 1 Dec 31 1998 Mar 1 Dec 31 …"),
        ],
    );
}

#[test]
fn fridays_the_thirteenth_leave_out_the_start_that_is_excepted() {
    let start = "1997-09-02T09:00:00";
    let (dates, _) = listed("1998 Feb 13 Mar 13 Nov 13 1999 Aug 13 2000 Oct 13", NINE);
    let rule = "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13";
    assert_eq!(given(rule, start, &[start], 5), dates);
}

#[test]
fn times_of_day_examples_hold() {
    let on = |date: &str, times: &[&str]| -> Vec<_> { times.iter().map(|time| format!("{date}T{time}:00")).collect() };
    let (day, start) = ("1997-09-02", "1997-09-02T09:00:00");
    // The RFC means 17:00 in New York and writes it in UTC, where it is 13:00: erratum 3883.
    let three_hourly = given("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", start, &[], 9);
    assert_eq!(three_hourly, on(day, &["09:00", "12:00", "15:00"]));
    let as_written = given("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", start, &[], 9);
    assert_eq!(as_written, on(day, &["09:00", "12:00"]));
    assert_eq!(
        given("FREQ=MINUTELY;INTERVAL=15;COUNT=6", start, &[], 9),
        on(day, &["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"])
    );
    assert_eq!(
        given("FREQ=MINUTELY;INTERVAL=90;COUNT=4", start, &[], 9),
        on(day, &["09:00", "10:30", "12:00", "13:30"])
    );
    let in_hours: Vec<String> = (9..17)
        .flat_map(|hour| ["00", "20", "40"].map(|minute| format!("{hour:02}:{minute}")))
        .collect();
    let in_hours: Vec<&str> = in_hours.iter().map(String::as_str).collect();
    let expected = [on(day, &in_hours), on("1997-09-03", &in_hours)].concat();
    for rule in [
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
    ] {
        assert_eq!(given(rule, start, &[], 48), expected, "{rule}");
    }
}

/// §3.3.10, of how several parts are evaluated: every Sunday in January at 8:30 and 9:30, every other year.
#[test]
fn parts_are_applied_one_after_the_other() {
    let rule = "FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=SU;BYHOUR=8,9;BYMINUTE=30";
    let (days, _) = listed("1997 Jan 5 12 19 26 1999 Jan 3 10 17 24 31", "");
    let expected: Vec<_> = days
        .iter()
        .flat_map(|day| ["08", "09"].map(|hour| format!("{day}T{hour}:30:00")))
        .collect();
    assert_eq!(given(rule, "1997-01-05T08:30", &[], 18), expected);
}
