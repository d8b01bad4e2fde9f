//! What every query costs at a million tasks: the planner's own word on each of the texts in `.sqlx`, so that a new
//! query is covered by itself. Lists, whose texts are put together as they are asked for, have a test of their own.

mod explain;
mod queries;

use sqlx::{Connection, PgConnection};
use testing::{TestDatabase, database};

use explain::{Mode, Plan, explain, measure};
use queries::{Query, all};

/// Where one row is all there ever is, or one for each role that somebody plays.
const SMALL: [&str; 2] = ["installation", "leases"];

/// As many rows as a page has at most, or as are looked at to find a page.
const PAGE: f64 = 1_000.0;

/// Queries by a part of their text, and the index that hands their rows over in order.
const ORDERED: [(&str, &str); 12] = [
    ("WHERE successor_awaited_since < $1", "tasks_awaiting_successor"),
    ("(user_id, id) > ($1, $2) AND due_at IS NOT NULL", "tasks_pkey"),
    ("SELECT fire_at FROM reminders", "reminders_scheduled"),
    (
        "WHERE state = 'fired' AND fired_at < $1",
        "reminders_awaiting_notification",
    ),
    (
        "AND read_at IS NULL AND (created_at, id) <",
        "notifications_unread_newest",
    ),
    ("WHERE user_id = $1 AND (created_at, id) <", "notifications_newest"),
    ("FROM dead_letters d JOIN events e", "dead_letters_newest"),
    ("AND task_id = $2 AND seq > $3", "events_by_task"),
    ("NOT p.user_id = ANY ($3)", "log_pending_pkey"),
    ("seq > p.seq ORDER BY seq LIMIT 1)", "events_pkey"),
    ("AND seq > $2 AND seq <= $3", "events_pkey"),
    ("AND seq > $2 ORDER BY seq LIMIT $3", "events_pkey"),
];

/// What the dispatcher asks of reminders, by a part of its text.
const OF_REMINDERS: [&str; 2] = ["SELECT fire_at FROM reminders", "user_id <> ALL($2)"];

/// What the log's reader asks for many users at once.
const OF_THE_READER: &str = "unnest($1::uuid[], $2::bigint[]) AS p (user_id, seq)";

/// A migrated database of an installation that has been in use for years.
async fn filled() -> (TestDatabase, PgConnection) {
    let test = database().await;
    // Filling it takes longer than a statement may.
    let options = test.options().options([("statement_timeout", "0")]);
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(include_str!("plans/fill.sql"))
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await.unwrap();
    (test, connection)
}

/// What is wrong with a plan, whatever its query is.
fn faults(plan: &Plan, faults: &mut Vec<String>) {
    let rows_below = plan.plans.iter().map(|below| below.rows).fold(0.0, f64::max);
    match (&*plan.kind, &plan.relation) {
        ("Seq Scan", Some(table)) if !SMALL.contains(&&**table) => faults.push(format!("reads all of {table}")),
        ("Bitmap Index Scan", _) if plan.rows > PAGE => faults.push(format!("collects {} rows", plan.rows)),
        ("Sort" | "Incremental Sort", _) if rows_below > PAGE => faults.push(format!("sorts {rows_below} rows")),
        _ => {}
    }
    for below in &plan.plans {
        self::faults(below, faults);
    }
}

/// What is wrong with the plan of a query that should be handed its rows in order.
fn faults_of_order(query: &Query, plan: &Plan) -> Option<String> {
    let (_, index) = ORDERED.iter().find(|(part, _)| query.text.contains(part))?;
    let nodes = plan.nodes();
    let uses_it = nodes
        .iter()
        .any(|node| node.index.as_deref() == Some(*index) && node.kind.ends_with("Scan"));
    let sorts = nodes.iter().any(|node| node.kind.contains("Sort"));
    (!uses_it || sorts).then(|| format!("is not handed its rows in order by {index}"))
}

async fn faults_of_plans(connection: &mut PgConnection, queries: &[Query]) -> Vec<String> {
    let mut all = Vec::new();
    for mode in [Mode::Custom, Mode::Generic] {
        for query in queries {
            let plan = explain(connection, query, mode).await;
            let mut found = Vec::new();
            faults(&plan, &mut found);
            found.extend(faults_of_order(query, &plan));
            all.extend(found.iter().map(|fault| format!("{mode:?}: {fault}: {}", query.text)));
        }
    }
    all
}

fn the_one<'a>(queries: &'a [Query], part: &str) -> &'a Query {
    let mut matching = queries.iter().filter(|query| query.text.contains(part));
    let query = matching.next().unwrap_or_else(|| panic!("no query has {part}"));
    assert!(matching.next().is_none(), "several queries have {part}");
    query
}

/// The pages that the dispatcher's queries touch.
async fn pages_of_reminders(connection: &mut PgConnection, queries: &[Query]) -> Vec<u64> {
    let mut pages = Vec::new();
    for part in OF_REMINDERS {
        pages.push(measure(connection, the_one(queries, part)).await);
    }
    pages
}

/// Leaves ten thousand of those that are far ahead.
async fn thin_out(connection: &mut PgConnection) {
    let sql = "DELETE FROM reminders WHERE state = 'scheduled' AND fire_at > '2027-01-01Z'
                 AND ('x' || right(id::text, 12))::bit(48)::bigint % 100 <> 1";
    sqlx::raw_sql(sql).execute(&mut *connection).await.unwrap();
    sqlx::raw_sql("VACUUM (FULL, ANALYZE) reminders")
        .execute(&mut *connection)
        .await
        .unwrap();
    sqlx::raw_sql("VACUUM reminders").execute(connection).await.unwrap();
}

#[test]
fn every_ordered_query_is_there() {
    let queries = all();
    for (part, _) in ORDERED {
        the_one(&queries, part);
    }
}

#[tokio::test]
async fn no_query_costs_more_for_what_it_does_not_ask_for() {
    let queries = all();
    let (_test, mut connection) = filled().await;

    let faults = faults_of_plans(&mut connection, &queries).await;
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));

    let among_many = pages_of_reminders(&mut connection, &queries).await;
    thin_out(&mut connection).await;
    let among_few = pages_of_reminders(&mut connection, &queries).await;
    // A larger index is a level higher, whatever stands in it.
    let is_as_cheap = among_many.iter().zip(&among_few).all(|(many, few)| many <= &(few + 2));
    assert!(
        is_as_cheap,
        "{among_many:?} pages among a million reminders, {among_few:?} among ten thousand"
    );
}

/// Where rows of one user fill a table, or where nobody has counted its rows yet, as after a restore, the planner takes
/// what it looks for to be near the beginning.
#[tokio::test]
async fn log_of_one_user_is_not_read_from_its_beginning() {
    let test = database().await;
    let mut connection = PgConnection::connect_with(&test.options()).await.unwrap();
    let queries = all();
    let of_the_reader = || queries.iter().filter(|query| query.text.contains(OF_THE_READER));
    assert_eq!(of_the_reader().count(), 3);
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await.unwrap();
    sqlx::raw_sql(include_str!("plans/one_user.sql"))
        .execute(&mut connection)
        .await
        .unwrap();
    for statistics in ["SELECT", "ANALYZE", "VACUUM"] {
        sqlx::raw_sql(statistics).execute(&mut connection).await.unwrap();
        for query in of_the_reader() {
            for mode in [Mode::Custom, Mode::Generic] {
                let plan = explain(&mut connection, query, mode).await;
                let nodes = plan.nodes();
                let reads_all = nodes
                    .iter()
                    .any(|node| node.kind == "Seq Scan" && node.relation.as_deref() == Some("events"));
                assert!(!reads_all, "{mode:?} after {statistics}: {}", query.text);
            }
        }
    }
}
