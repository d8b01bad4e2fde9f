//! Reading and writing an offset.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Offset, OffsetError};

/// Reads `[+-]P[nW][nD][T[nH][nM][nS]]` with at least one count (RFC 5545 §3.3.6; ISO 8601 lets weeks have company).
impl FromStr for Offset {
    type Err = OffsetError;

    fn from_str(text: &str) -> Result<Self, OffsetError> {
        let negative = text.starts_with('-');
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let body = unsigned.strip_prefix('P').ok_or(OffsetError::Shape)?;
        let (date, time) = match body.split_once('T') {
            Some((_, "")) => return Err(OffsetError::Shape),
            Some(parts) => parts,
            None if body.is_empty() => return Err(OffsetError::Shape),
            None => (body, ""),
        };
        let days = total(date, &[('W', 7), ('D', 1)])?;
        let seconds = total(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
        let sign = if negative { -1 } else { 1 };
        Self::new(sign * days, sign * seconds)
    }
}

/// The sum of counts such as `1H30M`, each unit at most once and in the order of `units`.
fn total(mut text: &str, mut units: &[(char, i64)]) -> Result<i64, OffsetError> {
    let mut total = 0_i64;
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = text.split_at(end.ok_or(OffsetError::Shape)?);
        if digits.is_empty() {
            return Err(OffsetError::Shape);
        }
        let place = units.iter().position(|(unit, _)| rest.starts_with(*unit));
        let place = place.ok_or_else(|| misplaced(rest, units))?;
        let (unit, length) = units[place];
        let count: i64 = digits.parse().map_err(|_| OffsetError::TooFar)?;
        total = count
            .checked_mul(length)
            .and_then(|counted| total.checked_add(counted))
            .ok_or(OffsetError::TooFar)?;
        units = &units[place + 1..];
        text = &rest[unit.len_utf8()..];
    }
    Ok(total)
}

/// What to say about a count that is followed by none of `units`.
fn misplaced(rest: &str, units: &[(char, i64)]) -> OffsetError {
    let in_days = units.last().is_none_or(|(unit, _)| *unit == 'D');
    match rest.chars().next() {
        Some('.' | ',') => OffsetError::Fraction,
        Some('Y') => OffsetError::Years,
        Some('M') if in_days => OffsetError::Months,
        Some('H' | 'S') if in_days => OffsetError::NoT,
        _ => OffsetError::Shape,
    }
}

/// Canonical: weeks as days, 90 minutes as `PT1H30M`, hours never as days, nothing as `PT0S`.
impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == (Self { days: 0, seconds: 0 }) {
            return f.write_str("PT0S");
        }
        let sign = if self.is_positive() { "" } else { "-" };
        write!(f, "{sign}P")?;
        let seconds = self.seconds.unsigned_abs();
        write_count(f, self.days.unsigned_abs(), 'D')?;
        if seconds > 0 {
            f.write_str("T")?;
        }
        write_count(f, seconds / 3600, 'H')?;
        write_count(f, seconds / 60 % 60, 'M')?;
        write_count(f, seconds % 60, 'S')
    }
}

fn write_count(f: &mut fmt::Formatter<'_>, count: u32, unit: char) -> fmt::Result {
    match count {
        0 => Ok(()),
        _ => write!(f, "{count}{unit}"),
    }
}

impl Serialize for Offset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::DAY;
    use super::*;

    fn offset(text: &str) -> Offset {
        text.parse().unwrap()
    }

    #[test]
    fn the_canonical_form_is_written() {
        for (text, canonical) in [
            ("-PT15M", "-PT15M"),
            ("+PT15M", "PT15M"),
            ("P1D", "P1D"),
            ("-P1DT2H", "-P1DT2H"),
            ("PT9H", "PT9H"),
            ("P2W", "P14D"),
            ("P1W1DT0S", "P8D"),
            ("PT90M", "PT1H30M"),
            ("PT36H", "PT36H"),
            ("PT0086400S", "PT24H"),
            ("-P366D", "-P366D"),
            ("PT8784H", "PT8784H"),
            ("P0D", "PT0S"),
            ("-PT0S", "PT0S"),
        ] {
            assert_eq!(offset(text).to_string(), canonical);
        }
        assert_ne!(offset("P1D"), offset("PT24H"));
    }

    #[test]
    fn refusals_name_the_slip() {
        use OffsetError::{Fraction, Months, NoT, Shape, TooFar, Years};
        for (text, error) in [
            ("", Shape),
            ("P", Shape),
            ("PT", Shape),
            ("P1DT", Shape),
            ("15M", Shape),
            ("--PT15M", Shape),
            ("PT15", Shape),
            ("PTM", Shape),
            ("PT1M1H", Shape),
            ("PT1H1H", Shape),
            ("P1D1W", Shape),
            ("PT1D", Shape),
            ("pt15m", Shape),
            ("PT15é", Shape),
            ("P١D", Shape),
            ("P1H", NoT),
            ("P1D2H", NoT),
            ("P1Y", Years),
            ("-P1Y2M", Years),
            ("P15M", Months),
            ("PT1.5H", Fraction),
            ("P0,5D", Fraction),
            ("P367D", TooFar),
            ("-P53W", TooFar),
            ("P366DT1S", TooFar),
            ("PT99999999999999999999H", TooFar),
            ("P9223372036854775807W", TooFar),
        ] {
            assert_eq!(text.parse::<Offset>(), Err(error), "{text}");
        }
    }

    #[test]
    fn json_is_a_string() {
        let json = serde_json::to_string(&offset("PT90M")).unwrap();
        assert_eq!(json, r#""PT1H30M""#);
        assert_eq!(serde_json::from_str::<Offset>(&json).unwrap(), offset("PT90M"));
        assert!(serde_json::from_str::<Offset>(r#""P1Y""#).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r"\PC*|-?P([0-9]{0,3}\PC)?T?([0-9]{0,3}\PC){0,3}") {
            if let Ok(offset) = text.parse::<Offset>() {
                prop_assert_eq!(offset.to_string().parse(), Ok(offset));
            }
        }

        #[test]
        fn written_and_read_is_the_same(days in 0_i64..366, seconds in 0..=DAY, negative: bool) {
            let sign = if negative { -1 } else { 1 };
            let offset = Offset::new(sign * days, sign * seconds).unwrap();
            prop_assert_eq!(offset.to_string().parse(), Ok(offset));
        }
    }
}
