//! What a page costs, counted by the server: index entries and rows that were read, whatever the plan was.

use chrono::TimeDelta;
use domain::{Priority, words::words};
use sqlx::{PgConnection, Row};
use storage::tasks::{self, Listing, Order, Sort, Status};
use testing::{TestDatabase, database};

use crate::support::{now, run, user};

const PAGE: usize = 20;
/// A page and the one more that says whether another follows, from each of up to six ranges; and the tasks themselves.
const ENTRIES_OF_PAGE: i64 = 6 * 21 + 2 * 21;
/// Where a filter is rare: what is walked in vain, a little more of each range, and everything that it lets pass.
const ENTRIES_OF_SEARCH: i64 = 40 * 21 + 600;

async fn filled() -> TestDatabase {
    let test = database().await;
    run(&test, include_str!("work.sql")).await;
    run(&test, "VACUUM ANALYZE tasks").await;
    test
}

/// Entries of the indexes of `tasks` that this connection was handed of late, and how often it read the table through.
async fn work(connection: &mut PgConnection) -> (i64, i64) {
    let sql = "SELECT sum(pg_stat_get_xact_tuples_returned(i.indexrelid))::bigint,
                      pg_stat_get_xact_numscans('tasks'::regclass)
               FROM pg_index i WHERE i.indrelid = 'tasks'::regclass";
    let row = sqlx::query(sql).fetch_one(connection).await.unwrap();
    (row.get(0), row.get(1))
}

/// What the first two pages cost at most.
async fn costs(test: &TestDatabase, listing: &Listing) -> i64 {
    let database = test.open(1);
    let mut after = None;
    let mut most = 0;
    for _ in 0..2 {
        let mut snapshot = database.list_snapshot().await.unwrap();
        let before = work(&mut snapshot).await;
        let listed = tasks::list(&mut snapshot, user(0), listing, now(), after.as_ref(), PAGE).await;
        let (entries, scans) = work(&mut snapshot).await;
        assert_eq!(scans, before.1, "reads all of the table: {listing:?}");
        most = most.max(entries - before.0);
        after = listed.unwrap().next;
        if after.is_none() {
            break;
        }
    }
    most
}

fn orders() -> impl Iterator<Item = Order> {
    let sorts = [Sort::Due, Sort::Created, Sort::Updated, Sort::Priority, Sort::Title];
    let both = sorts.into_iter().flat_map(|sort| [(sort, false), (sort, true)]);
    both.map(|(sort, is_descending)| Order::By { sort, is_descending })
}

/// How many parts an order is walked in, each by itself: priorities, and tasks with and without due.
fn parts(order: Order) -> i64 {
    match order {
        Order::By {
            sort: Sort::Priority, ..
        } => 3,
        Order::By {
            sort: Sort::Due,
            is_descending: true,
        } => 2,
        _ => 1,
    }
}

async fn demand(filters: &[Listing], most: i64) {
    let test = filled().await;
    let mut faults = Vec::new();
    for filter in filters {
        for order in orders() {
            let listing = Listing {
                order,
                ..filter.clone()
            };
            let entries = costs(&test, &listing).await;
            if entries > most * parts(order) {
                faults.push(format!("{entries} entries: {listing:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn common_filter_in_any_order_reads_in_proportion_to_the_page() {
    let of = Listing::pending;
    let filters = [
        of(),
        Listing {
            status: Status::Completed,
            ..of()
        },
        Listing {
            status: Status::All,
            ..of()
        },
        Listing {
            status: Status::All,
            deleted: true,
            ..of()
        },
        Listing {
            priorities: vec![Priority::High],
            ..of()
        },
        Listing {
            priorities: vec![Priority::High, Priority::Low],
            ..of()
        },
        Listing {
            words: words("half").collect(),
            ..of()
        },
        Listing {
            words: words("every ha").collect(),
            status: Status::All,
            ..of()
        },
        Listing {
            overdue: Some(false),
            status: Status::All,
            ..of()
        },
        Listing {
            due_from: Some(now()),
            ..of()
        },
    ];
    demand(&filters, ENTRIES_OF_PAGE).await;
}

#[tokio::test]
async fn rare_filter_in_any_order_reads_a_bounded_walk_and_what_it_lets_pass() {
    let of = Listing::pending;
    let filters = [
        Listing {
            tags: vec!["rare".to_owned()],
            ..of()
        },
        Listing {
            words: words("word7").collect(),
            ..of()
        },
        Listing {
            words: words("every wordrar").collect(),
            ..of()
        },
        Listing {
            words: words("nothing").collect(),
            ..of()
        },
        Listing {
            due_from: Some(now()),
            due_until: Some(now() + TimeDelta::hours(12)),
            ..of()
        },
        Listing {
            overdue: Some(true),
            due_from: Some(now() - TimeDelta::hours(12)),
            ..of()
        },
    ];
    demand(&filters, ENTRIES_OF_SEARCH).await;
}

/// The later a task was made, the later it is due: none of those that come first is overdue.
#[tokio::test]
async fn filter_that_hangs_together_with_the_order_is_walked_further_where_it_is_common() {
    let test = filled().await;
    let sql = "UPDATE tasks SET due_at = made, overdue_at = made
               FROM (SELECT id AS task, created_at + interval '303 days' AS made FROM tasks) m WHERE id = task";
    run(&test, sql).await;
    run(&test, "VACUUM (FULL, ANALYZE) tasks").await;
    let listing = Listing {
        overdue: Some(true),
        order: Order::By {
            sort: Sort::Created,
            is_descending: true,
        },
        ..Listing::pending()
    };
    let entries = costs(&test, &listing).await;
    assert!(entries <= 40 * 21 + 400 * 21, "{entries}");
}

#[tokio::test]
async fn search_without_an_order_reads_what_it_finds() {
    let test = filled().await;
    let listing = Listing {
        words: words("wordrare").collect(),
        order: Order::Relevance,
        ..Listing::pending()
    };
    let entries = costs(&test, &listing).await;
    assert!(entries <= 400 + 21, "{entries}");
}
