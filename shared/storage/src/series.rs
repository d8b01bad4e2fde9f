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
    pub(crate) revision: i32,
    pub(crate) rule: String,
    pub(crate) mode: &'static str,
    pub(crate) start_date: NaiveDate,
    pub(crate) start_time: Option<NaiveTime>,
    pub(crate) first_occurrence: i32,
    pub(crate) time_zone: String,
    pub(crate) exceptions: Vec<String>,
    pub(crate) additions: Vec<String>,
    pub(crate) template: String,
    pub(crate) rule_index: Option<i32>,
    pub(crate) last_date: Option<NaiveDate>,
    pub(crate) last_time: Option<NaiveTime>,
}

impl Columns {
    pub(crate) fn of(series: &Series) -> Self {
        let (start_date, start_time) = civil::to_columns(series.start);
        let (last_date, last_time) = civil::to_nullable_columns(series.last);
        Self {
            id: series.id.0,
            revision: series.revision.cast_signed(),
            rule: series.rule.to_string(),
            mode: series.mode.as_str(),
            start_date,
            start_time,
            first_occurrence: series.first_occurrence,
            time_zone: series.time_zone.to_string(),
            exceptions: series.exceptions.iter().map(ToString::to_string).collect(),
            additions: series.additions.iter().map(ToString::to_string).collect(),
            template: serde_json::to_string(&series.template).expect("a template has string keys only"),
            rule_index: series.rule_index.map(u32::cast_signed),
            last_date,
            last_time,
        }
    }
}

/// A revision of the series `id`, whose user's head the caller holds.
///
/// # Errors
/// [`Error`] when it could not be read.
pub async fn load(
    connection: &mut PgConnection,
    user: UserId,
    id: SeriesId,
    revision: u32,
) -> Result<Option<Series>, Error> {
    let row = sqlx::query!(
        r#"SELECT rule, mode, start_date, start_time, first_occurrence, time_zone, exceptions, additions,
                  template AS "template: Json<Template>", highest_occurrence, rule_index,
                  last_date, last_time,
                  (SELECT max(l.revision) FROM series l WHERE l.user_id = $1 AND l.id = $2) AS "latest_revision!"
           FROM series WHERE user_id = $1 AND id = $2 AND revision = $3"#,
        user.0,
        id.0,
        revision.cast_signed()
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Series {
        id,
        revision,
        latest_revision: row.latest_revision.cast_unsigned(),
        rule: row.rule.parse().map_err(|e| Error::unreadable("series.rule", e))?,
        mode: row.mode.parse().map_err(|e| Error::unreadable("series.mode", e))?,
        start: civil::from_columns(row.start_date, row.start_time),
        first_occurrence: row.first_occurrence,
        time_zone: row
            .time_zone
            .parse()
            .map_err(|e| Error::unreadable("series.time_zone", e))?,
        exceptions: civils(Some(&row.exceptions))?,
        additions: civils(Some(&row.additions))?,
        template: row.template.0,
        highest_occurrence: u32::try_from(row.highest_occurrence)
            .map_err(|e| Error::unreadable("series.highest_occurrence", e))?,
        rule_index: row.rule_index.map(i32::cast_unsigned),
        last: row.last_date.map(|date| civil::from_columns(date, row.last_time)),
    }))
}

/// Writes a revision: of a series that begins its first, of another one its next.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn put(connection: &mut PgConnection, user: UserId, series: &Series) -> Result<(), Error> {
    let columns = Columns::of(series);
    sqlx::query!(
        "INSERT INTO series (user_id, id, revision, rule, mode, start_date, start_time, first_occurrence, time_zone,
                             exceptions, additions, template, highest_occurrence, rule_index, last_date, last_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::json, $13, $14, $15, $16)",
        user.0,
        columns.id,
        columns.revision,
        columns.rule,
        columns.mode,
        columns.start_date,
        columns.start_time,
        columns.first_occurrence,
        columns.time_zone,
        &columns.exceptions,
        &columns.additions,
        columns.template,
        series.highest_occurrence.cast_signed(),
        columns.rule_index,
        columns.last_date,
        columns.last_time
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes what the next occurrences of a revision look like.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn put_template(connection: &mut PgConnection, user: UserId, series: &Series) -> Result<(), Error> {
    let columns = Columns::of(series);
    sqlx::query!(
        "UPDATE series SET template = $4::text::json WHERE user_id = $1 AND id = $2 AND revision = $3",
        user.0,
        columns.id,
        columns.revision,
        columns.template
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes the highest occurrence that was generated by a revision, and how many of the rule's dates there are by it where
/// COUNT counts them.
///
/// # Errors
/// [`Error`] when it could not be written.
pub async fn set_highest(
    connection: &mut PgConnection,
    user: UserId,
    series: &Series,
    occurrence: u32,
    rule_index: Option<u32>,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE series SET highest_occurrence = $4, rule_index = $5 WHERE user_id = $1 AND id = $2 AND revision = $3",
        user.0,
        series.id.0,
        series.revision.cast_signed(),
        occurrence.cast_signed(),
        rule_index.map(u32::cast_signed)
    )
    .execute(connection)
    .await?;
    Ok(())
}
