//! The statements that find a page. They are put together here and nowhere else, as no text can have every combination
//! of filters and orders; values are bound, and what is written into the text is this program's own.

use chrono::{DateTime, Utc};
use domain::TaskId;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{
    Key, Position,
    range::{Range, push_due, push_query},
};
use crate::tasks::lexemes;

pub(super) type Statement = QueryBuilder<Postgres>;

/// A row of any of these statements.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Found {
    id: Uuid,
    instant: Option<DateTime<Utc>>,
    rank: Option<i16>,
    text: Option<String>,
    relevance: Option<f32>,
    matches: bool,
    number: i64,
}

impl Found {
    /// Whether it is the row of that number among those that were looked at, from 1.
    pub(super) fn is_number(&self, number: usize) -> bool {
        usize::try_from(self.number) == Ok(number)
    }

    pub(super) fn into_position(self) -> Option<Position> {
        let key = match self {
            Self { rank: Some(rank), .. } => Key::Rank(rank),
            Self { text: Some(text), .. } => Key::Text(text),
            Self {
                relevance: Some(relevance),
                ..
            } => Key::Relevance(relevance),
            Self { instant, .. } => Key::Instant(instant),
        };
        self.matches.then_some(Position {
            key,
            id: TaskId(self.id),
        })
    }
}

/// Reads `budget` rows in their order and finds `wanted` among them, and the last of them even where it does not match:
/// its number says that there may be more.
pub(super) fn walk(range: &Range<'_>, wanted: usize, budget: usize) -> Statement {
    let order = range.order_by("key");
    let mut sql = Statement::new(format!(
        "SELECT id, {}, matches, number FROM (SELECT *, row_number() OVER (ORDER BY {order}) AS number FROM (",
        range.columns()
    ));
    let mut union = "";
    for bucket in range.listing.buckets() {
        for rank in range.ranks() {
            sql.push(format!(
                "{union}SELECT * FROM (SELECT id, {} AS key, (true",
                range.key()
            ));
            range.push_conditions(&mut sql, bucket);
            sql.push(format!(
                ") AS matches FROM tasks WHERE bucket = {bucket} AND priority_rank = {rank} AND user_id = "
            ));
            sql.push_bind(range.user.0);
            if range.is_by_due() {
                push_due(&mut sql, range.listing.due(bucket, range.now));
            }
            range.push_place(&mut sql);
            sql.push(format!(
                " ORDER BY {} LIMIT {budget}) ordered",
                range.order_by(range.key())
            ));
            union = " UNION ALL ";
        }
    }
    sql.push(format!(
        " ORDER BY {order} LIMIT {budget}) merged) numbered
         WHERE matches OR number = {budget} ORDER BY {order} LIMIT {wanted}"
    ));
    sql
}

/// Whether no more than `most` tasks of any bucket and priority lie within the bounds of due.
pub(super) fn count(range: &Range<'_>, most: usize) -> Statement {
    let mut sql = Statement::new("SELECT bool_and(few)");
    let mut from = " FROM (";
    for bucket in range.listing.buckets() {
        for rank in range.ranks() {
            sql.push(format!(
                "{from}SELECT count(*) <= {most} AS few FROM (
                     SELECT FROM tasks WHERE bucket = {bucket} AND priority_rank = {rank} AND user_id = "
            ));
            sql.push_bind(range.user.0);
            push_due(&mut sql, range.listing.due(bucket, range.now));
            // The order is that of the index by due, so that no other one is read.
            sql.push(format!(
                " ORDER BY due_key, id LIMIT {}) within",
                most.saturating_add(1)
            ));
            from = " UNION ALL ";
        }
    }
    sql.push(") counted");
    sql
}

/// Finds `wanted` of everything that the filters let pass.
pub(super) fn gather(range: &Range<'_>, wanted: usize) -> Statement {
    let mut sql = Statement::new(format!(
        "SELECT id, {}, true AS matches, 0::bigint AS number FROM (SELECT id, {} AS key FROM ",
        range.columns(),
        range.key()
    ));
    range.push_gathered(&mut sql);
    range.push_place(&mut sql);
    sql.push(format!(
        " ORDER BY {} LIMIT {wanted}) found",
        range.order_by(range.key())
    ));
    sql.push(format!(" ORDER BY {}", range.order_by("key")));
    sql
}

/// Finds the `wanted` that fit the words best.
pub(super) fn rank(range: &Range<'_>, wanted: usize) -> Statement {
    let mut sql = Statement::new(
        "SELECT id, NULL::timestamptz AS instant, NULL::smallint AS rank, NULL::text AS text, relevance,
                true AS matches, 0::bigint AS number
         FROM (SELECT id, ts_rank(search, ",
    );
    push_query(&mut sql, lexemes::word_query(range.user, &range.listing.words));
    sql.push(") AS relevance FROM ");
    range.push_gathered(&mut sql);
    sql.push(") ranked");
    if let Some(Position {
        key: Key::Relevance(relevance),
        id,
    }) = range.after
    {
        sql.push(" WHERE (-relevance, id) > (")
            .push_bind(-relevance)
            .push(", ")
            .push_bind(id.0)
            .push(")");
    }
    sql.push(format!(" ORDER BY relevance DESC, id LIMIT {wanted}"));
    sql
}
