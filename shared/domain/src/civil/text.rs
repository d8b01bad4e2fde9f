//! Reading and writing a date or local date-time.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Civil, CivilError, YEARS};

/// Reads `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM` and `YYYY-MM-DDTHH:MM:SS` (RFC 3339 §5.6 without its offset), nothing else.
impl FromStr for Civil {
    type Err = CivilError;

    fn from_str(text: &str) -> Result<Self, CivilError> {
        let read = match text.split_once('T') {
            None => date(text).map(Self::Date),
            Some((day, clock)) => date(day).and_then(|day| Ok(Self::DateTime(day.and_time(time(clock)?)))),
        };
        read.map_err(|error| match error {
            CivilError::Shape => misshapen(text),
            other => other,
        })
    }
}

/// What to say about a text that has neither form: name the usual slip when a date comes first.
fn misshapen(text: &str) -> CivilError {
    let Some((day, rest)) = text.split_at_checked(10) else {
        return CivilError::Shape;
    };
    if date(day).is_err() {
        CivilError::Shape
    } else if rest.contains(['Z', 'z', '+', '-']) {
        CivilError::Zoned
    } else if rest.contains(['.', ',']) {
        CivilError::Fraction
    } else {
        CivilError::Shape
    }
}

fn date(text: &str) -> Result<NaiveDate, CivilError> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
        return Err(CivilError::Shape);
    };
    let year = number(&[y1, y2, y3, y4])?.cast_signed();
    let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
    if !YEARS.contains(&year) {
        return Err(CivilError::Year);
    }
    let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(CivilError::Month(month))?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| CivilError::Day {
        first,
        days: (first + Months::new(1) - Days::new(1)).day(),
        day,
    })
}

fn time(text: &str) -> Result<NaiveTime, CivilError> {
    let (hours, minutes, seconds) = match *text.as_bytes() {
        [h1, h2, b':', m1, m2] => ([h1, h2], [m1, m2], [b'0', b'0']),
        [h1, h2, b':', m1, m2, b':', s1, s2] => ([h1, h2], [m1, m2], [s1, s2]),
        _ => return Err(CivilError::Shape),
    };
    let (hours, minutes, seconds) = (number(&hours)?, number(&minutes)?, number(&seconds)?);
    NaiveTime::from_hms_opt(hours, minutes, seconds).ok_or(CivilError::Time)
}

fn number(digits: &[u8]) -> Result<u32, CivilError> {
    digits.iter().try_fold(0, |number, byte| match byte {
        b'0'..=b'9' => Ok(number * 10 + u32::from(byte - b'0')),
        _ => Err(CivilError::Shape),
    })
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            Self::DateTime(at) => write!(f, "{}", at.format("%Y-%m-%dT%H:%M:%S")),
        }
    }
}

impl Serialize for Civil {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Civil {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(text: &str) -> String {
        text.parse::<Civil>().unwrap_err().to_string()
    }

    #[test]
    fn a_date_and_a_date_time_are_read_and_written() {
        for (text, canonical) in [
            ("2026-12-01", "2026-12-01"),
            ("2026-12-01T09:00", "2026-12-01T09:00:00"),
            ("2026-12-01T09:00:07", "2026-12-01T09:00:07"),
            ("1900-01-01", "1900-01-01"),
            ("9999-12-31T23:59:59", "9999-12-31T23:59:59"),
            ("2028-02-29", "2028-02-29"),
        ] {
            assert_eq!(text.parse::<Civil>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn refusals_name_the_slip() {
        let shape = "must be a date like 2026-12-01 or a local date-time like 2026-12-01T09:00:00";
        for text in [
            "",
            "tomorrow",
            "2026-12-1",
            "2026-12-01 09:00",
            "2026-12-01t09:00",
            "2026-12-01T9:00",
            "2026-12-01T",
            " 2026-12-01",
            "+026-12-01",
            "２０２６-12-01",
            "2026-12-é1",
            "hello world + more",
        ] {
            assert_eq!(refusal(text), shape, "{text}");
        }
        let zoned = "must be local, without Z or an offset; the zone goes into time_zone";
        for text in [
            "2026-12-01T09:00:00Z",
            "2026-12-01T09:00z",
            "2026-12-01T09:00:00.5+01:00",
            "2026-12-01T09:00-0800",
            "2026-12-01Z",
        ] {
            assert_eq!(refusal(text), zoned, "{text}");
        }
        let fraction = "must be in whole seconds, without a fraction";
        assert_eq!(refusal("2026-12-01T09:00:00.5"), fraction);
    }

    #[test]
    fn what_the_calendar_or_the_clock_lacks_is_refused() {
        for (text, message) in [
            ("2027-02-29", "February 2027 has 28 days, so there is no day 29"),
            ("2026-11-31T09:00", "November 2026 has 30 days, so there is no day 31"),
            ("9999-12-32", "December 9999 has 31 days, so there is no day 32"),
            ("2026-12-00", "December 2026 has 31 days, so there is no day 00"),
            ("2026-13-01", "there is no month 13; months are 01 to 12"),
            ("2026-00-01", "there is no month 00; months are 01 to 12"),
            ("1899-12-31", "year must be from 1900 to 9999"),
            ("2026-12-01T24:00", "time must be from 00:00:00 to 23:59:59"),
            ("2026-12-01T09:60", "time must be from 00:00:00 to 23:59:59"),
            ("2016-12-31T23:59:60", "time must be from 00:00:00 to 23:59:59"),
        ] {
            assert_eq!(refusal(text), message, "{text}");
        }
    }

    #[test]
    fn json_is_a_string() {
        let at: Civil = serde_json::from_str(r#""2026-12-01T09:00""#).unwrap();
        assert_eq!(serde_json::to_string(&at).unwrap(), r#""2026-12-01T09:00:00""#);
        let error = serde_json::from_str::<Civil>(r#""2027-02-29""#).unwrap_err();
        assert!(error.to_string().starts_with("February 2027 has 28 days"), "{error}");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r"\PC*|[0-9]{4}-[0-9]{2}-\PC{0,4}T?\PC{0,9}") {
            if let Ok(civil) = text.parse::<Civil>() {
                prop_assert!(civil.to_string().starts_with(&text));
            }
        }

        #[test]
        fn written_and_read_is_the_same(seconds in -2_208_988_800_i64..=253_402_300_799, whole: bool) {
            let at = chrono::DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
            let civil = if whole { Civil::Date(at.date()) } else { Civil::DateTime(at) };
            prop_assert_eq!(civil.to_string().parse(), Ok(civil));
        }
    }
}
