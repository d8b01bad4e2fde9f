//! Series: what repeats.

use chrono::{NaiveDate, NaiveTime};
use domain::{Series, SeriesId, Template, UserId};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{Error, civil, tasks::row::civils};

/// A series, column by column.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) id: Uuid,
    pub(crate) rule: String,
    pub(crate) mode: &'static str,
    pub(crate) start_date: NaiveDate,
    pub(crate) start_time: Option<NaiveTime>,
    pub(crate) time_zone: String,
    pub(crate) exceptions: Vec<String>,
    pub(crate) additions: Vec<String>,
    pub(crate) template: String,
}

impl Columns {
    pub(crate) fn of(series: &Series) -> Self {
        let (start_date, start_time) = civil::to_columns(series.start);
        Self {
            id: series.id.0,
            rule: series.rule.to_string(),
            mode: series.mode.as_str(),
            start_date,
            start_time,
            time_zone: series.time_zone.to_string(),
            exceptions: series.exceptions.iter().map(ToString::to_string).collect(),
            additions: series.additions.iter().map(ToString::to_string).collect(),
            template: serde_json::to_string(&series.template).expect("a template has string keys only"),
        }
    }
}

/// The series `id`, whose user's head the caller holds.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn load(connection: &mut PgConnection, user: UserId, id: SeriesId) -> Result<Option<Series>, Error> {
    let row = sqlx::query!(
        r#"SELECT rule, mode, start_date, start_time, time_zone, exceptions, additions,
                  template AS "template: Json<Template>", highest_occurrence, rule_index
           FROM series WHERE user_id = $1 AND id = $2"#,
        user.0,
        id.0
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Series {
        id,
        rule: row.rule.parse().map_err(|e| Error::unreadable("series.rule", e))?,
        mode: row.mode.parse().map_err(|e| Error::unreadable("series.mode", e))?,
        start: civil::from_columns(row.start_date, row.start_time),
        time_zone: row
            .time_zone
            .parse()
            .map_err(|e| Error::unreadable("series.time_zone", e))?,
        exceptions: civils(Some(&row.exceptions))?,
        additions: civils(Some(&row.additions))?,
        template: row.template.0,
        highest_occurrence: u32::try_from(row.highest_occurrence)
            .map_err(|e| Error::unreadable("series.highest_occurrence", e))?,
        rule_index: u64::try_from(row.rule_index).map_err(|e| Error::unreadable("series.rule_index", e))?,
    }))
}

/// Notes the highest occurrence that was generated, and the rule's index of it.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn set_highest(
    connection: &mut PgConnection,
    user: UserId,
    id: SeriesId,
    occurrence: u32,
    rule_index: u64,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE series SET highest_occurrence = $3, rule_index = $4 WHERE user_id = $1 AND id = $2",
        user.0,
        id.0,
        occurrence.cast_signed(),
        rule_index.cast_signed()
    )
    .execute(connection)
    .await?;
    Ok(())
}
