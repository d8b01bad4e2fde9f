//! Readable requests with faults: 422, all of them at once, each with its place.

use serde_json::{Value, json};
use testing::TaskBody;

use crate::{PATH, nothing_was_written, start};

#[tokio::test]
async fn all_faults_are_named_at_once() {
    let (app, client) = start().await;
    let body = json!({
        "title": " ", "description": 7, "priority": "urgent", "tags": ["", "fine", 3], "due_date": "2026-02-30",
        "time_zone": "Mars/Base", "recurrence_rule": "FREQ=FORTNIGHTLY", "recurrence_mode": "sometimes",
        "exceptions": ["x"], "additions": [1], "reminders": [{"offset": "soon"}, {}, 5, {"at": "noon", "note": 1}],
        "a/b": 1,
    });
    let reply = client.post(PATH, body).await;

    assert_eq!(reply.status, 422);
    assert_eq!(reply.problem(), "validation-failed");
    let mut faults = reply.faults();
    faults.sort_unstable();
    let mut wanted = vec![
        "/title",
        "/description",
        "/priority",
        "/tags/0",
        "/tags/2",
        "/due_date",
        "/time_zone",
        "/recurrence_rule",
        "/recurrence_mode",
        "/exceptions/0",
        "/additions/0",
        "/reminders/0/offset",
        "/reminders/1",
        "/reminders/2",
        "/reminders/3/at",
        "/reminders/3/note",
        "/a~1b",
    ];
    wanted.sort_unstable();
    assert_eq!(faults, wanted);
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn each_bad_member_is_refused_by_name() {
    let (app, client) = start().await;
    let good = || TaskBody::titled("x");
    let cases = [
        (json!({}), "/title"),
        (json!({"title": null}), "/title"),
        (json!({"title": "a\u{0}b"}), "/title"),
        (json!({"title": "a\nb"}), "/title"),
        (json!({"title": "\u{85}a\u{9b}b"}), "/title"),
        (json!({"title": "x".repeat(501)}), "/title"),
        (good().with("description", "x".repeat(10_001)).into(), "/description"),
        (good().with("description", "bell \u{7}").into(), "/description"),
        (good().with("tags", "home").into(), "/tags"),
        (good().with("tags", vec!["a"; 21]).into(), "/tags"),
        (good().with("tags", vec!["x".repeat(51)]).into(), "/tags/0"),
        (good().with("priority", 1).into(), "/priority"),
        (good().zone("europe/berlin").into(), "/time_zone"),
        (good().zone("").into(), "/time_zone"),
        (good().due("2026-13-01").into(), "/due_date"),
        (good().due("2026-11-31T09:00:00").into(), "/due_date"),
        (good().due("99999-01-01").into(), "/due_date"),
        (good().due("-0001-01-01").into(), "/due_date"),
        (good().due("2026-12-01T09:00:00Z").into(), "/due_date"),
        (good().due("2026-12-01T25:00:00").into(), "/due_date"),
        (good().with("status", "completed").into(), "/status"),
        (good().with("due_date", 20_261_201).into(), "/due_date"),
        (good().reminded("PT15M").into(), "/reminders/0/offset"),
        (
            good()
                .due("2028-12-01")
                .repeating("FREQ=DAILY")
                .reminded("-P1D")
                .reminded_at("2026-12-01T08:00:00Z")
                .into(),
            "/reminders/1/at",
        ),
        (good().due("2026-12-01").reminded("P367D").into(), "/reminders/0/offset"),
        (good().reminded_at("2026-12-01T08:00:00").into(), "/reminders/0/at"),
        (good().with("remind_at", "99999-01-01T00:00:00Z").into(), "/remind_at"),
        (
            good()
                .with("reminders", vec![json!({"at": "2027-01-01T00:00:00Z"}); 21])
                .into(),
            "/reminders",
        ),
    ];
    for (body, pointer) in cases {
        let reply = client.post(PATH, body.clone()).await;
        assert_eq!(reply.status, 422, "{body} gives {reply:?}");
        assert_eq!(reply.problem(), "validation-failed");
        assert_eq!(reply.faults(), [pointer], "{body}");
        assert!(!reply.json["errors"][0]["detail"].as_str().unwrap().is_empty());
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn what_needs_a_rule_or_a_date_says_so() {
    let (app, client) = start().await;
    let weekly = |body: TaskBody| body.repeating("FREQ=WEEKLY");
    let cases: [(Value, &[&str]); 5] = [
        (weekly(TaskBody::titled("x")).into(), &["/due_date"]),
        (
            TaskBody::titled("x").with("recurrence_mode", "schedule").into(),
            &["/recurrence_mode"],
        ),
        (
            TaskBody::titled("x").with("exceptions", vec!["2026-12-01"]).into(),
            &["/exceptions"],
        ),
        (
            TaskBody::titled("x").with("additions", vec!["2026-12-01"]).into(),
            &["/additions"],
        ),
        (
            weekly(TaskBody::titled("x").due("2026-12-01"))
                .with("exceptions", vec!["2026-12-08T09:00:00"])
                .into(),
            &["/exceptions/0"],
        ),
    ];
    for (body, pointers) in cases {
        let reply = client.post(PATH, body.clone()).await;
        assert_eq!(
            (reply.status.as_u16(), reply.faults()),
            (422, pointers.to_vec()),
            "{body}"
        );
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn rules_that_are_none_are_refused_by_the_part() {
    let (app, client) = start().await;
    for (rule, part) in [
        ("FREQ=SECONDLY", "FREQ gives times of day"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR gives times of day"),
        ("FREQ=YEARLY;BYEASTER=0", "BYEASTER"),
        ("FREQ=DAILY;RSCALE=CHINESE", "RSCALE"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "UNTIL"),
        ("INTERVAL=2", "FREQ"),
    ] {
        let reply = client
            .post(PATH, TaskBody::titled("x").due("2026-12-01").repeating(rule))
            .await;
        assert_eq!(
            (reply.status.as_u16(), reply.faults()),
            (422, vec!["/recurrence_rule"]),
            "{rule}: {reply:?}"
        );
        let detail = reply.json["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(part), "{rule}: {detail}");
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn everything_at_its_limit_is_taken() {
    let (app, client) = start().await;
    let reminders: Vec<_> = (0..20).map(|n| json!({"offset": format!("-PT{n}M")})).collect();
    let tags: Vec<_> = (0..20).map(|n| format!("{n:ü>50}")).collect();
    let body = TaskBody::titled(&"ü".repeat(500))
        .with("description", "ü".repeat(10_000))
        .with("tags", tags)
        .with("reminders", reminders)
        .due("9999-12-31")
        .repeating("FREQ=DAILY");
    let reply = client.post(PATH, body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    app.verify_log().await;
}
