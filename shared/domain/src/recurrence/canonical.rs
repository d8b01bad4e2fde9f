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

    use super::super::oracle;
    use super::*;

    fn canonical(text: &str) -> String {
        text.parse::<Rule>().unwrap().to_string()
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
                "FREQ=DAILY;INTERVAL=100000;COUNT=100000",
                "FREQ=DAILY;INTERVAL=100000;COUNT=100000",
            ),
            (
                "skip=forward;rscale=gregorian;byday=mo;bymonth=2,01;freq=yearly;wkst=su",
                "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=1,2;BYDAY=MO;WKST=SU;SKIP=FORWARD",
            ),
            (
                "BYSETPOS=-1,+1;BYSECOND=60,0,59;BYMINUTE=07;BYHOUR=9,8,9;FREQ=DAILY",
                "FREQ=DAILY;BYHOUR=8,9;BYMINUTE=7;BYSECOND=0,59;BYSETPOS=1,-1",
            ),
            (
                "FREQ=YEARLY;BYMONTHDAY=-1,31,-31,1;BYYEARDAY=-1,366;BYWEEKNO=-53,53,+01",
                "FREQ=YEARLY;BYWEEKNO=1,53,-53;BYYEARDAY=366,-1;BYMONTHDAY=1,31,-31,-1",
            ),
            (
                "FREQ=MONTHLY;BYDAY=-1fr,+2TU,su,2MO,MO,-2FR",
                "FREQ=MONTHLY;BYDAY=MO,SU,2MO,2TU,-2FR,-1FR",
            ),
        ] {
            assert_eq!(canonical(text), expected);
        }
    }

    #[test]
    fn what_changes_nothing_is_not_written() {
        for part in [
            "WKST=MO",
            "RSCALE=GREGORIAN",
            "RSCALE=GREGORIAN;SKIP=OMIT",
            "INTERVAL=1",
        ] {
            assert_eq!(canonical(&format!("FREQ=MONTHLY;{part}")), "FREQ=MONTHLY");
        }
    }

    #[test]
    fn json_is_a_string() {
        let rule: Rule = serde_json::from_str(r#""freq=daily""#).unwrap();
        assert_eq!(serde_json::to_string(&rule).unwrap(), r#""FREQ=DAILY""#);
        assert!(serde_json::from_str::<Rule>(r#""daily""#).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_same_rule(case in oracle::cases()) {
            let rule: Rule = case.rule.parse().unwrap();
            let written = rule.to_string();
            prop_assert_eq!(written.parse(), Ok(rule));
            prop_assert_eq!(canonical(&written.to_lowercase()), written);
        }

        #[test]
        fn any_text_is_read_or_refused(
            text in r"\PC*|((FREQ=|COUNT=|UNTIL=|BYDAY=|BYSETPOS=|)(DAILY|-?[0-9]{0,8}T?[0-9]{0,6}Z?|\PC{0,3}|,);?){0,4}"
        ) {
            if let Ok(rule) = text.parse::<Rule>() {
                prop_assert_eq!(rule.to_string().parse(), Ok(rule));
            }
        }
    }
}
