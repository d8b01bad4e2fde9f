//! Writing a rule: the canonical form.

use std::fmt;

use chrono::Weekday;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::rule::{End, Rule, Skip, Until, WEEKDAYS, Weekdays};

/// Upper case; RSCALE first where SKIP needs it, then FREQ, INTERVAL unless it is 1, COUNT or UNTIL, the parts from the
/// longest period to the shortest, BYSETPOS, WKST unless it is Monday, and SKIP. Lists are sorted, places from the end
/// after those from the start.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.skip != Skip::Omit {
            f.write_str("RSCALE=GREGORIAN;")?;
        }
        write!(f, "FREQ={}", self.frequency.name())?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::Count(count) => write!(f, ";COUNT={count}")?,
            End::Until(until) => write!(f, ";UNTIL={until}")?,
        }
        list(f, "BYMONTH", self.months.iter())?;
        list(f, "BYWEEKNO", self.weeks.iter())?;
        list(f, "BYYEARDAY", self.year_days.iter())?;
        list(f, "BYMONTHDAY", self.month_days.iter())?;
        list(f, "BYDAY", self.weekdays.items())?;
        list(f, "BYHOUR", self.hours.iter())?;
        list(f, "BYMINUTE", self.minutes.iter())?;
        list(f, "BYSECOND", self.seconds.iter())?;
        list(f, "BYSETPOS", self.positions.iter())?;
        if self.week_start != Weekday::Mon {
            list(f, "WKST", [name(self.week_start)].into_iter())?;
        }
        if self.skip != Skip::Omit {
            list(f, "SKIP", [self.skip.name()].into_iter())?;
        }
        Ok(())
    }
}

fn list(f: &mut fmt::Formatter<'_>, name: &str, items: impl Iterator<Item = impl fmt::Display>) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index == 0 {
            write!(f, ";{name}={item}")?;
        } else {
            write!(f, ",{item}")?;
        }
    }
    Ok(())
}

fn name(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday.num_days_from_monday() as usize].1
}

impl Weekdays {
    /// Its items as they are written: every day first, then by place.
    fn items(&self) -> impl Iterator<Item = String> + '_ {
        let named = |day: usize| WEEKDAYS[day].1;
        let every = (0..7_usize).zip(0..).filter(|(_, day)| self.every.contains(*day));
        let every = every.map(move |(day, _)| named(day).to_owned());
        let places = (1..=53).chain(-53..=-1);
        let by_place = places.flat_map(move |place| {
            let days = (0..7).filter(move |day| self.nth[*day].has(place));
            days.map(move |day| format!("{place}{}", named(day)))
        });
        every.chain(by_place)
    }
}

/// The basic format of RFC 5545 §3.3.4 and §3.3.5.
impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{}", date.format("%Y%m%d")),
            Self::Local(local) => write!(f, "{}", local.format("%Y%m%dT%H%M%S")),
            Self::Utc(utc) => write!(f, "{}", utc.format("%Y%m%dT%H%M%SZ")),
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::RuleError;
    use super::*;

    fn canonical(text: &str) -> String {
        text.parse::<Rule>().unwrap().to_string()
    }

    fn refusal(text: &str) -> String {
        text.parse::<Rule>().unwrap_err().to_string()
    }

    #[test]
    fn the_canonical_form_is_written() {
        for (text, expected) in [
            ("FREQ=DAILY", "FREQ=DAILY"),
            ("interval=02;freq=weekly", "FREQ=WEEKLY;INTERVAL=2"),
            ("COUNT=10;INTERVAL=1;FREQ=Monthly", "FREQ=MONTHLY;COUNT=10"),
            ("FREQ=YEARLY;UNTIL=20270301", "FREQ=YEARLY;UNTIL=20270301"),
            ("UNTIL=20270301t090000;FREQ=DAILY", "FREQ=DAILY;UNTIL=20270301T090000"),
            ("FREQ=DAILY;UNTIL=20270301T090000z", "FREQ=DAILY;UNTIL=20270301T090000Z"),
            (
                "FREQ=DAILY;INTERVAL=100000;COUNT=1000000",
                "FREQ=DAILY;INTERVAL=100000;COUNT=1000000",
            ),
        ] {
            assert_eq!(canonical(text), expected);
        }
    }

    #[test]
    fn what_is_not_supported_is_named() {
        let rest =
            "is not supported yet; supported are FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT and UNTIL";
        assert_eq!(refusal("FREQ=WEEKLY;byday=MO"), format!("BYDAY {rest} (character 13)"));
        assert_eq!(refusal("FREQ=HOURLY"), format!("FREQ=HOURLY {rest} (character 6)"));
        for part in [
            "BYMONTHDAY=-1",
            "WKST=SU",
            "RSCALE=GREGORIAN",
            "SKIP=OMIT",
            "BYEASTER=0",
        ] {
            let name = part.split('=').next().unwrap();
            let expected = format!("{name} {rest} (character 1)");
            assert_eq!(refusal(&format!("{part};FREQ=DAILY")), expected);
        }
    }

    #[test]
    fn refusals_say_what_and_where() {
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
            ("É=1;FREQ=DAILY", "É at character 1 is not a part of a recurrence rule"),
            (
                "FREQ=DAILY; COUNT=1",
                " COUNT at character 12 is not a part of a recurrence rule",
            ),
            (
                "FREQ=DAILY;\n=1",
                "\\n at character 12 is not a part of a recurrence rule",
            ),
            ("FREQ=DAILY;COUNT=1;COUNT=1", "COUNT at character 20 is there twice"),
            (
                "FREQ=DAYLY",
                "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY (character 6)",
            ),
            ("FREQ=", "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY (character 6)"),
            ("INTERVAL=2", "must have a FREQ part, such as FREQ=WEEKLY"),
            (
                "FREQ=DAILY;COUNT=1;UNTIL=20270301",
                "must not have both COUNT and UNTIL",
            ),
        ] {
            assert_eq!(refusal(text), message);
        }
        let long = "X".repeat(2049);
        assert_eq!(long.parse::<Rule>(), Err(RuleError::TooLong));
        assert_eq!(
            refusal(&format!("{}=1", "x".repeat(99))).split(' ').next(),
            Some(&*"X".repeat(20))
        );
    }

    #[test]
    fn numbers_are_bounded() {
        for value in ["", "0", "-1", "+1", "1.5", "100001", "4294967296", "１", " 1"] {
            assert_eq!(
                refusal(&format!("FREQ=DAILY;INTERVAL={value}")),
                "INTERVAL must be a whole number from 1 to 100000 (character 21)"
            );
        }
        assert_eq!(
            refusal("FREQ=DAILY;COUNT=1000001"),
            "COUNT must be a whole number from 1 to 1000000 (character 18)"
        );
    }

    #[test]
    fn until_must_be_one_of_three_forms_and_exist() {
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
            assert_eq!(
                refusal(&format!("FREQ=DAILY;UNTIL={value}")),
                "UNTIL must be like 20270301, 20270301T090000 or 20270301T090000Z (character 18)",
                "{value}"
            );
        }
        assert_eq!(
            refusal("FREQ=DAILY;UNTIL=20270229"),
            "UNTIL is no such day or time: February 2027 has 28 days, so there is no day 29 (character 18)"
        );
        assert_eq!(
            refusal("FREQ=DAILY;UNTIL=20270228T235960Z"),
            "UNTIL is no such day or time: time must be from 00:00:00 to 23:59:59 (character 18)"
        );
    }

    #[test]
    fn json_is_a_string() {
        let rule: Rule = serde_json::from_str(r#""freq=daily""#).unwrap();
        assert_eq!(serde_json::to_string(&rule).unwrap(), r#""FREQ=DAILY""#);
        assert!(serde_json::from_str::<Rule>(r#""daily""#).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(
            text in r"\PC*|((FREQ=|INTERVAL=|COUNT=|UNTIL=|BYDAY=|)(DAILY|[0-9]{0,8}T?[0-9]{0,6}Z?|\PC{0,3});?){0,4}"
        ) {
            if let Ok(rule) = text.parse::<Rule>() {
                prop_assert_eq!(rule.to_string().parse(), Ok(rule));
            }
        }
    }
}
