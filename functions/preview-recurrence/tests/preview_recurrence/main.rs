//! `POST /v1/recurrences/preview`.

use http::StatusCode;
use runtime::{http::layers, identity::Authentication};
use serde_json::{Value, json};
use testing::{Client, Reply};

async fn preview(body: Value) -> Reply {
    let routes = preview_recurrence::function().api.expect("it has routes");
    let client = Client::new(layers::surround(routes, Authentication::LocalUser));
    client.post("/v1/recurrences/preview", body).await
}

async fn previewed(body: Value) -> Value {
    let reply = preview(body).await;
    assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
    reply.json
}

fn dates(preview: &Value) -> Vec<&str> {
    let occurrences = preview["occurrences"].as_array().expect("a list");
    occurrences
        .iter()
        .filter_map(|date| date["due_date"].as_str())
        .collect()
}

/// The faults of a refusal, each as `pointer: detail`.
async fn faults(body: Value) -> Vec<String> {
    let reply = preview(body).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{reply:?}");
    let faults = reply.json["errors"].as_array().expect("a list");
    let text = |fault: &Value| {
        format!(
            "{}: {}",
            fault["pointer"].as_str().expect("a pointer"),
            fault["detail"].as_str().expect("a detail")
        )
    };
    faults.iter().map(text).collect()
}

#[tokio::test]
async fn rule_is_shown_in_its_own_words_in_ours_and_by_its_dates() {
    let preview = previewed(json!({
        "due_date": "2026-11-23T09:00", "time_zone": "Europe/Berlin",
        "recurrence_rule": "byday=th,mo;freq=weekly;interval=2;until=20270301T080000Z", "count": 3,
    }))
    .await;
    assert_eq!(
        preview,
        json!({
            "canonical": "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270301T080000Z;BYDAY=MO,TH",
            "description": preview["description"],
            "occurrences": [
                {"due_date": "2026-11-23T09:00:00", "due_at": "2026-11-23T08:00:00Z", "note": null},
                {"due_date": "2026-11-26T09:00:00", "due_at": "2026-11-26T08:00:00Z", "note": null},
                {"due_date": "2026-12-07T09:00:00", "due_at": "2026-12-07T08:00:00Z", "note": null},
            ],
            "ends": "2027-03-01T09:00:00",
        })
    );
    let description = preview["description"].as_str().unwrap();
    assert!(
        description.starts_with("every other week on Monday and Thursday at 09:00, until"),
        "{description}"
    );
}

#[tokio::test]
async fn surprises_of_the_calendar_are_noted() {
    let preview = previewed(json!({
        "due_date": "2027-03-27T02:30", "time_zone": "Europe/Berlin", "recurrence_rule": "FREQ=DAILY", "count": 2,
    }))
    .await;
    let gap = &preview["occurrences"][1];
    assert_eq!(gap["due_at"], "2027-03-28T01:30:00Z");
    assert_eq!(gap["note"], "02:30 does not exist on this day; moved to 03:30");
    assert_eq!(preview["ends"], "never");
}

#[tokio::test]
async fn end_is_told_however_the_rule_says_it() {
    for (rule, mode, count, ends, given) in [
        ("FREQ=DAILY", "schedule", 2, "never", 2),
        // The calendar's end is none of the rule's, however many dates are asked for.
        ("FREQ=YEARLY;INTERVAL=1000", "schedule", 1, "never", 1),
        ("FREQ=YEARLY;INTERVAL=1000", "schedule", 9, "never", 8),
        ("FREQ=YEARLY;INTERVAL=1000", "completion", 9, "never", 8),
        ("FREQ=DAILY;COUNT=3", "schedule", 2, "2026-11-25", 2),
        ("FREQ=DAILY;COUNT=3", "schedule", 9, "2026-11-25", 3),
        ("FREQ=DAILY;COUNT=3", "completion", 2, "after 3 occurrences", 2),
        ("FREQ=DAILY;COUNT=3", "completion", 9, "2026-11-25", 3),
        ("FREQ=DAILY;UNTIL=20261201", "schedule", 2, "2026-12-01", 2),
        ("FREQ=WEEKLY;UNTIL=20261204", "completion", 9, "2026-11-30", 2),
        // The last date, which UNTIL is not, however many dates are asked for.
        ("FREQ=WEEKLY;UNTIL=20261204", "schedule", 1, "2026-11-30", 1),
        ("FREQ=WEEKLY;UNTIL=20261204", "schedule", 2, "2026-11-30", 2),
        ("FREQ=WEEKLY;UNTIL=99991231", "schedule", 2, "9999-12-27", 2),
        // When the last one is completed nobody knows.
        ("FREQ=WEEKLY;UNTIL=20261204", "completion", 1, "2026-12-04", 1),
        // No 30 February: the first date is all there is.
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "schedule", 9, "2026-11-23", 1),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "completion", 1, "2026-11-23", 1),
    ] {
        let preview = previewed(json!({
            "due_date": "2026-11-23", "recurrence_rule": rule, "recurrence_mode": mode, "count": count,
        }))
        .await;
        assert_eq!(
            (&preview["ends"], dates(&preview).len()),
            (&json!(ends), given),
            "{rule} {mode}"
        );
    }
}

#[tokio::test]
async fn end_is_a_local_time_as_the_dates_are() {
    for (mode, ends) in [
        ("schedule", "2026-11-27T09:00:00"),
        ("completion", "2026-11-28T00:30:00"),
    ] {
        let preview = previewed(json!({
            "due_date": "2026-11-23T09:00", "time_zone": "Europe/Berlin", "recurrence_mode": mode, "count": 2,
            "recurrence_rule": "FREQ=DAILY;UNTIL=20261127T233000Z",
        }))
        .await;
        assert_eq!(preview["ends"], ends, "{mode}");
    }
}

#[tokio::test]
async fn rule_without_another_date_is_noted() {
    let note = async |rule: &str, mode: &str| {
        let preview = previewed(
            json!({"due_date": "2027-03-01", "recurrence_rule": rule, "recurrence_mode": mode,
                                       "count": 1}),
        );
        preview.await["occurrences"][0]["note"].clone()
    };
    let never = "the rule itself does not give this date; it counts as the first all the same; no other date follows";
    for mode in ["schedule", "completion"] {
        assert_eq!(note("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31", mode).await, never);
        assert_eq!(note("FREQ=DAILY;UNTIL=20270301", mode).await, "no other date follows");
        assert_eq!(note("FREQ=DAILY;COUNT=1", mode).await, json!(null));
        assert_eq!(note("FREQ=DAILY;COUNT=2", mode).await, json!(null));
    }
}

#[tokio::test]
async fn description_says_what_is_counted_from() {
    for (mode, description) in [
        ("schedule", "every Tuesday at 09:00"),
        ("completion", "every week at 09:00, counted from each completion"),
    ] {
        let preview = previewed(json!({
            "due_date": "2027-03-02T09:00", "recurrence_rule": "FREQ=WEEKLY", "recurrence_mode": mode,
        }))
        .await;
        assert_eq!(preview["description"], description);
    }
}

#[tokio::test]
async fn completion_counts_each_next_from_the_one_before() {
    let body = |mode: &str| {
        json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
               "recurrence_mode": mode, "count": 4})
    };
    let by_schedule = previewed(body("schedule")).await;
    assert_eq!(
        dates(&by_schedule),
        ["2026-11-23", "2026-11-26", "2026-12-07", "2026-12-10"]
    );
    // From a Thursday on, the next one lies two weeks ahead.
    let by_completion = previewed(body("completion")).await;
    assert_eq!(
        dates(&by_completion),
        ["2026-11-23", "2026-11-26", "2026-12-07", "2026-12-10"]
    );
}

#[tokio::test]
async fn search_that_leads_nowhere_is_given_up() {
    for mode in ["schedule", "completion"] {
        let preview = previewed(json!({
            "due_date": "2026-11-23T00:00", "recurrence_rule": "FREQ=SECONDLY;INTERVAL=99991;BYHOUR=0;BYMINUTE=0",
            "recurrence_mode": mode, "count": 1000,
        }))
        .await;
        assert_eq!(
            (dates(&preview).len(), &preview["ends"]),
            (1, &json!("unknown")),
            "{mode}"
        );
        // Whether there is another nobody knows.
        assert_eq!(preview["occurrences"][0]["note"], json!(null), "{mode}");
    }
}

#[tokio::test]
async fn ten_dates_are_given_unless_asked_otherwise() {
    let body = json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=DAILY"});
    assert_eq!(dates(&previewed(body).await).len(), 10);
    let body = json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=DAILY", "count": 1000});
    assert_eq!(dates(&previewed(body).await).len(), 1_000);
}

#[tokio::test]
async fn every_fault_is_named() {
    let found = faults(json!({
        "recurrence_rule": "FREQ=DAILY;BYDAY=XX", "time_zone": "Mars", "recurrence_mode": "x", "count": 1001, "y": 1,
    }))
    .await;
    let pointers: Vec<_> = found.iter().filter_map(|fault| fault.split(':').next()).collect();
    assert_eq!(
        pointers,
        [
            "/due_date",
            "/recurrence_rule",
            "/time_zone",
            "/recurrence_mode",
            "/count",
            "/y"
        ]
    );
    for count in [json!(0), json!(-1), json!(1.5), json!("3"), json!(1e300)] {
        let found = faults(json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=DAILY", "count": count})).await;
        assert_eq!(found, ["/count: must be a whole number from 1 to 1000"]);
    }
    let found = faults(json!({"due_date": "2026-11-23", "recurrence_rule": "FREQ=DAILY;BYHOUR=9"})).await;
    assert!(
        found[0].starts_with("/recurrence_rule: BYHOUR gives times of day"),
        "{found:?}"
    );
}
