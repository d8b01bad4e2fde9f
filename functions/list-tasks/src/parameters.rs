//! What the query asks for, every fault of it named.

use chrono::{DateTime, Utc};
use domain::{Civil, Priority, Tags, UserId, Zone, civil::CivilError, words::words};
use runtime::{
    Problem, cursor,
    input::{self, Query, page_limit},
};
use storage::tasks::{Listing, Order, Position, Sort, Status};

const DEFAULT_LIMIT: usize = 50;
/// Of a search, in characters and in words.
const LONGEST_SEARCH: usize = 200;
const MOST_WORDS: usize = 20;

/// What the query asks for.
#[derive(Debug)]
pub struct Parameters {
    /// Which tasks in which order.
    pub listing: Listing,
    /// How many on a page.
    pub limit: usize,
    /// What cursors of this list are bound to: whose it is, its filters and its order.
    pub scope: String,
    /// What the page comes after.
    pub after: Option<Position>,
}

/// A bound of due: an instant, or a local date in a zone still to be read.
#[derive(Debug, Clone, Copy)]
enum Bound {
    At(DateTime<Utc>),
    Date(Civil),
}

impl Parameters {
    /// Reads the parameters that `user` gives.
    ///
    /// # Errors
    /// 400 with every fault.
    pub fn read(mut query: Query, user: UserId) -> Result<Self, Problem> {
        let listing = read_listing(&mut query);
        let limit = query.optional("limit", page_limit).unwrap_or(DEFAULT_LIMIT);
        let scope = format!("tasks {user} {listing:?}");
        // Of which list it is cannot be told while the others have faults.
        let is_faulty = query.is_faulty();
        let after = query.optional("cursor", |text| match cursor::decode::<Position>(&scope, text) {
            Some(position) if position.is_in(listing.order) => Ok(Some(position)),
            _ if is_faulty => Ok(None),
            _ => Err(cursor::FOREIGN),
        });
        query.finish()?;
        Ok(Self {
            listing,
            limit,
            scope,
            after: after.flatten(),
        })
    }
}

fn read_listing(query: &mut Query) -> Listing {
    // A zone says how local dates are read, and chooses nothing by itself.
    let zone = query.optional("time_zone", str::parse::<Zone>).unwrap_or_default();
    let due_from = query.optional("due_after", read_bound);
    let due_until = query.optional("due_before", read_bound);
    let deleted = query.optional("deleted", read_flag).unwrap_or(false);
    let everything = if deleted { Status::All } else { Status::Pending };
    let words = query.optional("q", read_words).unwrap_or_default();
    let order = query.optional("sort", read_order);
    Listing {
        status: query.optional("status", read_status).unwrap_or(everything),
        deleted,
        priorities: distinct(query.repeated("priority", 3, str::parse::<Priority>)),
        tags: distinct(query.repeated("tag", Tags::LIMIT, read_tag)),
        due_from: due_from.map(|bound| bound.at(zone)),
        due_until: due_until.map(|bound| bound.at(zone)),
        overdue: query.optional("overdue", read_flag),
        order: order.unwrap_or(if words.is_empty() { BY_DUE } else { Order::Relevance }),
        words,
    }
}

const BY_DUE: Order = Order::By {
    sort: Sort::Due,
    is_descending: false,
};

/// In one order, each once: what means the same is one list, and a cursor of it good for both.
fn distinct<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort_unstable();
    values.dedup();
    values
}

fn read_status(text: &str) -> Result<Status, &'static str> {
    match text {
        "pending" => Ok(Status::Pending),
        "completed" => Ok(Status::Completed),
        "all" => Ok(Status::All),
        _ => Err("must be pending, completed or all"),
    }
}

fn read_flag(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "must be true or false")
}

/// As tasks have it, and without regard to case.
fn read_tag(text: &str) -> Result<String, String> {
    match Tags::parse(&[text.to_owned()]) {
        Ok(tags) => Ok(tags.as_slice().concat().to_lowercase()),
        Err(errors) => Err(errors.iter().map(ToString::to_string).collect()),
    }
}

fn read_words(text: &str) -> Result<Vec<String>, String> {
    if text.chars().count() > LONGEST_SEARCH {
        return Err(format!("must have at most {LONGEST_SEARCH} characters"));
    }
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err("must not contain control characters".to_owned());
    }
    let words: Vec<_> = words(text).collect();
    match words.len() {
        0 => Err("must have a letter, a digit or a symbol to look for".to_owned()),
        1..=MOST_WORDS => Ok(words),
        _ => Err(format!(
            "must have at most {MOST_WORDS} words; this has {}",
            words.len()
        )),
    }
}

fn read_order(text: &str) -> Result<Order, &'static str> {
    let (name, is_descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let sort = match name {
        "due_at" => Sort::Due,
        "created_at" => Sort::Created,
        "updated_at" => Sort::Updated,
        "priority" => Sort::Priority,
        "title" => Sort::Title,
        _ => return Err("must be due_at, created_at, updated_at, priority or title, after a - for descending order"),
    };
    Ok(Order::By { sort, is_descending })
}

fn read_bound(text: &str) -> Result<Bound, String> {
    if let Ok(at) = input::instant(text) {
        return Ok(Bound::At(at));
    }
    match text.parse() {
        Ok(date @ Civil::Date(_)) => Ok(Bound::Date(date)),
        Err(error @ (CivilError::Year | CivilError::Month(_) | CivilError::Day { .. })) => Err(error.to_string()),
        // A + that is not encoded arrives as a blank.
        _ if text.contains(' ') => Err(format!("{EITHER}; the + of an offset is written %2B in a query")),
        _ => Err(EITHER.to_owned()),
    }
}

const EITHER: &str = "must be an instant such as 2026-12-01T08:00:00Z, or a local date such as 2026-12-01";

impl Bound {
    fn at(self, zone: Zone) -> DateTime<Utc> {
        match self {
            Self::At(at) => at,
            Self::Date(date) => zone.resolve(date.start()),
        }
    }
}
