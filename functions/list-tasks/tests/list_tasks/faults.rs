//! What a query may not say, and what it is told.

use crate::{encoded, refusal, start};

#[tokio::test]
async fn limit_is_from_one_to_two_hundred() {
    let (_app, client) = start().await;
    for limit in ["0", "201", "-1", "1.5", "", "x", "99999999999999999999"] {
        let reply = client.get(&format!("/v1/tasks?limit={limit}")).await;
        assert_eq!((reply.status.as_u16(), reply.faults()), (400, vec!["limit"]), "{limit}");
    }
    for limit in ["1", "200"] {
        assert_eq!(client.get(&format!("/v1/tasks?limit={limit}")).await.status, 200);
    }
}

#[tokio::test]
async fn every_fault_of_the_query_is_named_at_once() {
    let (_app, client) = start().await;
    let reply = client.get("/v1/tasks?status=open&limit=0&colour=red&limit=1").await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (400, "malformed-request"));
    let mut faults = reply.faults();
    faults.sort_unstable();
    faults.dedup();
    assert_eq!(faults, ["colour", "limit", "status"]);
}

#[tokio::test]
async fn each_parameter_says_what_would_be_right() {
    let (_app, client) = start().await;
    let either = "must be an instant such as 2026-12-01T08:00:00Z, or a local date such as 2026-12-01";
    let unencoded = format!("{either}; the + of an offset is written %2B in a query");
    for (query, place, detail) in [
        ("status=open", "status", "must be pending, completed or all"),
        (
            "priority=high&priority=urgent",
            "priority",
            "must be high, medium or low",
        ),
        ("tag=", "tag", "must not be empty"),
        (
            "tag=a%00",
            "tag",
            "must not contain control characters; character 2 is U+0000",
        ),
        ("overdue=yes", "overdue", "must be true or false"),
        ("deleted=1", "deleted", "must be true or false"),
        ("due_after=soon", "due_after", either),
        ("due_before=2026-12-01T09:00", "due_before", either),
        ("due_before=2026-12-01T09:00:00+01:00", "due_before", &unencoded),
        (
            "due_after=2027-02-30",
            "due_after",
            "February 2027 has 28 days, so there is no day 30",
        ),
        (
            "time_zone=Berlin",
            "time_zone",
            "is not a zone of the IANA database, such as Europe/Berlin",
        ),
        (
            "sort=due",
            "sort",
            "must be due_at, created_at, updated_at, priority or title, after a - for descending order",
        ),
        (
            "sort=--title",
            "sort",
            "must be due_at, created_at, updated_at, priority or title, after a - for descending order",
        ),
        ("status=all&status=all", "status", "must be given once only"),
        ("q=a&q=b", "q", "must be given once only"),
    ] {
        let (told_place, told) = refusal(&client, query).await;
        assert_eq!((&*told_place, &*told), (place, detail), "{query}");
    }
    let tags = "&tag=x".repeat(21);
    let (place, told) = refusal(&client, &tags[1..]).await;
    assert_eq!((&*place, &*told), ("tag", "must be given at most 20 times"));
    let long = encoded(&"é".repeat(51));
    assert_eq!(
        refusal(&client, &format!("tag={long}")).await.1,
        "must have at most 50 characters; this has 51"
    );
}

#[tokio::test]
async fn cursor_is_not_judged_while_other_parameters_have_faults() {
    let (_app, client) = start().await;
    let reply = client.get("/v1/tasks?sort=colour&cursor=AAAA").await;
    assert_eq!(reply.faults(), ["sort"]);
}
