//! Moments, as people and the machine have them.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use runtime::Clock;
use serde_json::Value;

/// What time it is.
#[must_use]
pub fn now() -> DateTime<Utc> {
    Clock::system().now()
}

/// A moment so many milliseconds ahead, as people write it.
#[must_use]
pub fn ahead(milliseconds: i64) -> String {
    let moment = now() + TimeDelta::milliseconds(milliseconds);
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The date so many days ahead.
#[must_use]
pub fn days_ahead(days: i64) -> NaiveDate {
    (now() + TimeDelta::days(days)).date_naive()
}

/// Reads an instant of an answer.
///
/// # Panics
/// It is none.
#[must_use]
pub fn instant(value: &Value) -> DateTime<Utc> {
    let text = value.as_str().expect("it is there");
    text.parse().expect("it is an instant")
}

/// Asserts that a notification is neither early nor about another moment than `moment`.
///
/// # Panics
/// It is.
pub fn assert_on_time(notification: &Value, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().expect("it is an instant");
    assert_eq!(instant(&notification["remind_at"]), moment);
    assert!(instant(&notification["fired_at"]) >= moment, "early: {notification}");
}
