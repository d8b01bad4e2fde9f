//! The pieces of those statements that say which rows are meant, and their order.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::UserId;

use super::{
    Key, Listing, Position, Segment, Sort,
    listing::{Bounds, is_pending},
    statement::Statement,
};
use crate::tasks::lexemes;

/// A part of a list, after a place in it.
#[derive(Debug)]
pub(super) struct Range<'a> {
    pub(super) user: UserId,
    pub(super) listing: &'a Listing,
    pub(super) now: DateTime<Utc>,
    pub(super) segment: Segment,
    pub(super) after: Option<&'a Position>,
}

impl Range<'_> {
    pub(super) fn is_by_due(&self) -> bool {
        self.listing.sort() == Some(Sort::Due)
    }

    pub(super) fn key(&self) -> &'static str {
        self.listing.sort().map_or("id", Sort::column)
    }

    /// The order of rows whose key is in this column.
    pub(super) fn order_by(&self, key: &str) -> String {
        let direction = if self.listing.is_descending() { "DESC" } else { "ASC" };
        if self.segment.is_alike() {
            format!("id {direction}")
        } else {
            format!("{key} {direction}, id {direction}")
        }
    }

    pub(super) fn ranks(&self) -> BTreeSet<i16> {
        match self.segment {
            Segment::Rank(rank) => BTreeSet::from([rank]),
            _ => self.listing.ranks(),
        }
    }

    /// What makes `key` the columns of what is found.
    pub(super) fn columns(&self) -> String {
        let of = |name, kind| match (self.listing.sort(), name) {
            (Some(Sort::Due | Sort::Created | Sort::Updated), "instant") => {
                "nullif(key, 'infinity') AS instant".to_owned()
            }
            (Some(Sort::Priority), "rank") | (Some(Sort::Title), "text") => format!("key AS {name}"),
            _ => format!("NULL::{kind} AS {name}"),
        };
        let kinds = [
            ("instant", "timestamptz"),
            ("rank", "smallint"),
            ("text", "text"),
            ("relevance", "real"),
        ];
        kinds.map(|(name, kind)| of(name, kind)).join(", ")
    }

    /// What follows the place that the page comes after, in this segment.
    pub(super) fn push_place(&self, sql: &mut Statement) {
        match self.segment {
            Segment::Whole | Segment::Rank(_) => {}
            Segment::Dated => drop(sql.push(" AND due_key < 'infinity'")),
            Segment::Undated => drop(sql.push(" AND due_key = 'infinity'")),
        }
        let Some(Position { key, id }) = self.after else { return };
        let follows = if self.listing.is_descending() { "<" } else { ">" };
        if self.segment.is_alike() {
            sql.push(format!(" AND id {follows} ")).push_bind(id.0);
            return;
        }
        sql.push(format!(" AND ({}, id) {follows} (", self.key()));
        match key {
            Key::Instant(Some(at)) => sql.push_bind(*at),
            Key::Instant(None) => sql.push("'infinity'"),
            Key::Rank(rank) => sql.push_bind(*rank),
            Key::Text(text) => sql.push_bind(text.clone()),
            Key::Relevance(relevance) => sql.push_bind(*relevance),
        };
        sql.push(", ").push_bind(id.0).push(")");
    }

    /// Each filter of a bucket's rows that no range of the order's index can say, after an `AND`.
    pub(super) fn push_conditions(&self, sql: &mut Statement, bucket: i16) {
        if !self.is_by_due() {
            push_due(sql, self.listing.due(bucket, self.now));
        }
        match self.listing.overdue.filter(|_| is_pending(bucket)) {
            None => {}
            Some(true) => drop(sql.push(" AND overdue_at <= ").push_bind(self.now)),
            Some(false) => drop(
                sql.push(" AND (overdue_at <= ")
                    .push_bind(self.now)
                    .push(") IS NOT TRUE"),
            ),
        }
        if let Some(query) = self.query() {
            sql.push(" AND search @@ ");
            push_query(sql, query);
        }
    }

    /// All of the list's rows by the index of a filter, as a table and its conditions. `OFFSET 0` keeps the planner from
    /// walking for them all the same, as it cannot know how rare they are.
    pub(super) fn push_gathered(&self, sql: &mut Statement) {
        sql.push("(SELECT * FROM tasks WHERE ");
        if let Some(query) = self.query() {
            sql.push("search @@ ");
            push_query(sql, query);
        } else {
            let mut or = "";
            for bucket in self.listing.buckets() {
                for rank in self.ranks() {
                    sql.push(format!(
                        "{or}(bucket = {bucket} AND priority_rank = {rank} AND user_id = "
                    ));
                    sql.push_bind(self.user.0);
                    push_due(sql, self.listing.due(bucket, self.now));
                    sql.push(")");
                    or = " OR ";
                }
            }
        }
        sql.push(" OFFSET 0) gathered WHERE user_id = ").push_bind(self.user.0);
        sql.push(" AND priority_rank = ANY (")
            .push_bind(Vec::from_iter(self.ranks()))
            .push(") AND (false");
        for bucket in self.listing.buckets() {
            sql.push(format!(" OR (bucket = {bucket}"));
            push_due(sql, self.listing.due(bucket, self.now));
            self.push_conditions(sql, bucket);
            sql.push(")");
        }
        sql.push(")");
    }

    /// The tags and the words.
    fn query(&self) -> Option<String> {
        let Listing { tags, words, .. } = self.listing;
        let tags = lexemes::tags(tags);
        let tags = (!tags.is_empty()).then(|| lexemes::tag_query(self.user, &tags));
        let words = (!words.is_empty()).then(|| lexemes::word_query(self.user, words));
        let parts: Vec<_> = [tags, words].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" & "))
    }
}

pub(super) fn push_query(sql: &mut Statement, query: String) {
    sql.push_bind(query).push("::text::tsquery");
}

/// The bounds, each after an `AND`.
pub(super) fn push_due(sql: &mut Statement, Bounds { from, until, is_dated }: Bounds) {
    if let Some(from) = from {
        sql.push(" AND due_key >= ").push_bind(from);
    }
    if let Some(until) = until {
        sql.push(" AND due_key < ").push_bind(until);
    } else if is_dated {
        sql.push(" AND due_key < 'infinity'");
    }
}
