//! What is asked for: each filter and each order, alone and together.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Priority;
use storage::tasks::{Listing, Order, Sort, Status};

const FAST: Option<&str> = Some("≤ 20");

/// A list, and how slow its pages may be in ms.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) goal: Option<&'static str>,
    pub(super) listing: Listing,
}

fn by(sort: Sort, is_descending: bool) -> Order {
    Order::By { sort, is_descending }
}

fn tagged(tag: &str) -> Listing {
    Listing {
        tags: vec![tag.to_owned()],
        ..Listing::pending()
    }
}

fn searching(words: &[&str], order: Order) -> Listing {
    Listing {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        order,
        ..Listing::pending()
    }
}

#[expect(clippy::too_many_lines, reason = "a table, a case a line")]
pub(super) fn cases(now: DateTime<Utc>) -> Vec<Case> {
    let of = Listing::pending;
    let case = |name, listing| Case {
        name,
        goal: FAST,
        listing,
    };
    let slow = |name, listing| Case {
        name,
        goal: None,
        listing,
    };
    let (due, title) = (by(Sort::Due, false), by(Sort::Title, false));
    let week = Some(now - TimeDelta::days(7));
    vec![
        case("due_at", of()),
        case(
            "-due_at",
            Listing {
                order: by(Sort::Due, true),
                ..of()
            },
        ),
        case(
            "created_at",
            Listing {
                order: by(Sort::Created, false),
                ..of()
            },
        ),
        case(
            "-updated_at",
            Listing {
                order: by(Sort::Updated, true),
                ..of()
            },
        ),
        case(
            "priority",
            Listing {
                order: by(Sort::Priority, false),
                ..of()
            },
        ),
        case("title", Listing { order: title, ..of() }),
        case(
            "status=completed",
            Listing {
                status: Status::Completed,
                ..of()
            },
        ),
        case(
            "status=all",
            Listing {
                status: Status::All,
                ..of()
            },
        ),
        case(
            "deleted=true, title",
            Listing {
                deleted: true,
                status: Status::All,
                order: title,
                ..of()
            },
        ),
        case(
            "priority=high, title",
            Listing {
                priorities: vec![Priority::High],
                order: title,
                ..of()
            },
        ),
        case("due_after", Listing { due_from: week, ..of() }),
        case(
            "due_after, title",
            Listing {
                due_from: week,
                order: title,
                ..of()
            },
        ),
        case(
            "overdue=true",
            Listing {
                overdue: Some(true),
                ..of()
            },
        ),
        case(
            "overdue=true, -created_at",
            Listing {
                overdue: Some(true),
                order: by(Sort::Created, true),
                ..of()
            },
        ),
        case(
            "overdue=false",
            Listing {
                overdue: Some(false),
                ..of()
            },
        ),
        case("common tag", tagged("common")),
        case(
            "common tag, title",
            Listing {
                order: title,
                ..tagged("common")
            },
        ),
        slow("rare tag", tagged("rare")),
        slow(
            "rare tag, title",
            Listing {
                order: title,
                ..tagged("rare")
            },
        ),
        case("q of few", searching(&["w19999"], Order::Relevance)),
        case(
            "q of few by two words",
            searching(&["w100", "w15000"], Order::Relevance),
        ),
        slow("q of a fiftieth", searching(&["w10", "w"], Order::Relevance)),
        slow("q of all by prefix", searching(&["w"], Order::Relevance)),
        slow("q of few, due_at", searching(&["w19999"], due)),
        slow("q of a fiftieth, due_at", searching(&["w10", "w"], due)),
        slow("q of most, title", searching(&["w1"], title)),
    ]
}
