//! A user's tasks by any filters in any order, a page at a time, each page read in proportion to itself.
//!
//! Every order has an index that begins with user, bucket (pending, completed, both also deleted) and priority, so that a
//! list is a merge of at most six ranges of it. What no index range can say — tags, words, due by another order — is
//! walked for: the merge is read on, for so many rows of each that are wanted. Where that fills no page the filter is a
//! rare one, and everything that it lets pass is gathered by its own index and sorted. One by due may only hang together
//! with the order, as what was made last is overdue last: what it lets pass is counted first, and if that is much, the
//! walk goes further.

mod listing;
mod position;
mod range;
mod statement;

use chrono::{DateTime, Utc};
use domain::{Task, UserId};
use sqlx::PgConnection;

pub use listing::{Listing, Order, Sort, Status};
use position::Segment;
pub use position::{Key, Position};
use range::Range;
use statement::Found;

use super::row::{Reminders, TaskRow, query_tasks};
use crate::Error;

/// How many rows are walked for each that is wanted. A filter that lets fewer pass is a rare one.
const WALKED: usize = 40;
/// The same for a filter by due that lets more pass, only later.
const WALKED_FAR: usize = 400;

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The tasks, without those that cannot be read.
    pub tasks: Vec<Task>,
    /// What the next page comes after; `None` on the last one.
    pub next: Option<Position>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// So much had to be looked through that it was given up: ask for less.
    #[error("too much would have to be looked through")]
    TooBroad,
    /// It could not be read.
    #[error(transparent)]
    Storage(#[from] Error),
}

/// At most `limit` of the tasks of `listing` that follow `after`, as they stand in a snapshot of
/// [`crate::Database::list_snapshot`].
///
/// # Errors
/// [`ListError::TooBroad`] where a search, or a filter that no index serves in this order, took too long.
pub async fn list(
    connection: &mut PgConnection,
    user: UserId,
    listing: &Listing,
    now: DateTime<Utc>,
    after: Option<&Position>,
    limit: usize,
) -> Result<Listed, ListError> {
    let mut found = find(connection, user, listing, now, after, limit.saturating_add(1))
        .await
        .map_err(|error| match error {
            Error::Unavailable(error) if listing.is_searched() && is_timeout(&error) => ListError::TooBroad,
            error => error.into(),
        })?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let tasks = load(connection, user, &found).await?;
    let next = found.pop().filter(|_| has_more);
    Ok(Listed { tasks, next })
}

async fn find(
    connection: &mut PgConnection,
    user: UserId,
    listing: &Listing,
    now: DateTime<Utc>,
    after: Option<&Position>,
    wanted: usize,
) -> Result<Vec<Position>, Error> {
    let mut found = Vec::new();
    if listing.is_of_none() {
        return Ok(found);
    }
    for (segment, after) in Segment::following(listing, after) {
        let range = Range {
            user,
            listing,
            now,
            segment,
            after,
        };
        if found.len() < wanted {
            found.extend(find_in(connection, &range, wanted - found.len()).await?);
        }
    }
    Ok(found)
}

async fn find_in(connection: &mut PgConnection, range: &Range<'_>, wanted: usize) -> Result<Vec<Position>, Error> {
    let listing = range.listing;
    if listing.order == Order::Relevance {
        return fetch(connection, statement::rank(range, wanted)).await.map(positions);
    }
    let budget = if listing.is_searched() {
        wanted.saturating_mul(WALKED)
    } else {
        wanted
    };
    if let Some(walked) = walk(connection, range, wanted, budget).await? {
        return Ok(walked);
    }
    let may_be_common = !listing.has_words() && !range.is_by_due();
    if may_be_common && !is_rare(connection, range, budget).await? {
        let budget = wanted.saturating_mul(WALKED_FAR);
        if let Some(walked) = walk(connection, range, wanted, budget).await? {
            return Ok(walked);
        }
    }
    fetch(connection, statement::gather(range, wanted)).await.map(positions)
}

/// What is found among `budget` rows; `None` where that is less than is wanted, and more may follow.
async fn walk(
    connection: &mut PgConnection,
    range: &Range<'_>,
    wanted: usize,
    budget: usize,
) -> Result<Option<Vec<Position>>, Error> {
    let walked = fetch(connection, statement::walk(range, wanted, budget)).await?;
    let stopped = walked.last().is_some_and(|last| last.is_number(budget));
    let positions = positions(walked);
    Ok((positions.len() == wanted || !stopped).then_some(positions))
}

/// Whether a filter by due lets little pass.
async fn is_rare(connection: &mut PgConnection, range: &Range<'_>, most: usize) -> Result<bool, Error> {
    let mut statement = statement::count(range, most);
    Ok(statement
        .build_query_scalar()
        .persistent(false)
        .fetch_one(connection)
        .await?)
}

async fn fetch(connection: &mut PgConnection, mut statement: statement::Statement) -> Result<Vec<Found>, Error> {
    // Their texts are many, and would drive those that stand out of the connection's cache.
    Ok(statement
        .build_query_as()
        .persistent(false)
        .fetch_all(connection)
        .await?)
}

fn positions(found: Vec<Found>) -> Vec<Position> {
    found.into_iter().filter_map(Found::into_position).collect()
}

/// The tasks at these places, in their order.
async fn load(connection: &mut PgConnection, user: UserId, found: &[Position]) -> Result<Vec<Task>, Error> {
    let ids: Vec<_> = found.iter().map(|position| position.id.0).collect();
    let rows = query_tasks!(
        "JOIN unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, number) ON wanted.id = t.id
         WHERE t.user_id = $1 ORDER BY wanted.number",
        user.0,
        &ids
    )
    .fetch_all(connection)
    .await?;
    let tasks = rows.into_iter().filter_map(TaskRow::into_readable);
    Ok(tasks.map(|(_, task)| task).collect())
}

fn is_timeout(error: &sqlx::Error) -> bool {
    const QUERY_CANCELED: &str = "57014";
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|code| code == QUERY_CANCELED)
}
