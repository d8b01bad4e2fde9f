//! What functions could not take, by the operator's command.

use rig::kafka::Access;

use crate::{
    operator::{FUNCTION, Operator, Taker},
    support::{Rig, user},
};

fn place(offset: i64) -> String {
    format!("{FUNCTION}.dead-letter/0/{offset}")
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letter_is_listed_shown_and_replayed_once() {
    let (rig, mut taker) = (Rig::start(Access::Scram).await, Taker::start().await);
    let operator = Operator::of(&rig, &taker);
    assert_eq!(operator.prints(&["list"]).await, "There are no such dead letters.\n");
    operator.bury_event("first", "204").await;
    operator.bury_event("second", "204").await;

    assert_eq!(operator.lists(&[]).await, [place(1), place(0)]);
    let shown = operator.prints(&["show", &place(0)]).await;
    for part in [
        "todo.reminder.due first of ",
        "422: No such reminder",
        r#""subject": "204""#,
        "Zürich, 100 %",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("knativeerror"), "{shown}");

    operator.prints(&["replay", &place(0)]).await;
    let [asked] = &taker.asked()[..] else {
        panic!("it is asked once")
    };
    assert_eq!(asked.body, r#"{"id":  "first"}"#);
    for (name, value) in [
        ("ce-id", "first"),
        ("ce-note", "Z%C3%BCrich,%20100%20%25"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(asked.headers[name], value, "{name}");
    }
    assert!(asked.headers.keys().all(|name| !name.as_str().contains("knative")));

    assert_eq!(operator.lists(&[]).await, [place(1)]);
    for command in ["show", "replay"] {
        for gone in [place(0), place(2), place(7)] {
            let (_, why) = operator.fails(&[command, &gone]).await;
            assert!(why.contains("no such dead letter"), "{command} {gone}: {why}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_are_replayed_and_those_that_are_not_taken_stay() {
    let (rig, mut taker) = (Rig::start(Access::Anybody).await, Taker::start().await);
    let operator = Operator::of(&rig, &taker);
    for (id, status) in [("a", "204"), ("b", "422"), ("c", "200"), ("d", "503"), ("e", "204")] {
        operator.bury_event(id, status).await;
    }
    operator.bury(&[], Some(b"nothing that a function takes")).await;

    let (printed, why) = operator.fails(&["replay", "--all"]).await;
    assert_eq!(taker.asked().len(), 5);
    assert!(printed.contains("3 were taken"), "{printed}");
    for (offset, answer) in [(1, "422 Unprocessable"), (3, "503 Service"), (5, "no CloudEvent")] {
        let stays = format!("{} stays: ", place(offset));
        let line = printed.lines().find(|line| line.starts_with(&stays));
        assert!(line.is_some_and(|line| line.contains(answer)), "{printed}");
    }
    assert!(why.contains("3 were not, and stay"), "{why}");
    assert_eq!(operator.lists(&[]).await, [place(5), place(3), place(1)]);

    drop(taker);
    let nowhere = Operator::of(&rig, &Taker::start().await);
    let (printed, _) = nowhere.fails(&["replay", "--all"]).await;
    assert!(
        printed.contains("cannot be reached") && printed.contains("0 were taken"),
        "{printed}"
    );
    assert_eq!(nowhere.lists(&[]).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_say_which_are_listed_and_replayed() {
    let (rig, mut taker) = (Rig::start(Access::Anybody).await, Taker::start().await);
    let operator = Operator::of(&rig, &taker);
    operator.bury_event("a", "204").await;
    operator.bury(&[("ce_knativeerrorcode", b"503")], None).await;
    let owner = user(1).0.to_string();
    let other = user(2).0.to_string();
    for (filters, count) in [
        (["--function", FUNCTION], 2),
        (["--function", "on-task-completed"], 0),
        (["--user", &owner], 1),
        (["--user", &other], 0),
        (["--type", "todo.reminder.due"], 1),
        (["--type", "todo.task.completed"], 0),
        (["--error", "NO SUCH"], 1),
        (["--error", "503"], 1),
        (["--since", "2026-01-01T00:00:00Z"], 2),
        (["--until", "2026-01-01T00:00:00Z"], 0),
        (["--limit", "1"], 1),
    ] {
        assert_eq!(operator.lists(&filters).await.len(), count, "{filters:?}");
    }
    let printed = operator.prints(&["replay", "--all", "--user", &owner]).await;
    assert!(printed.contains("1 were taken"), "{printed}");
    assert_eq!(taker.asked().len(), 1);
    assert_eq!(operator.lists(&[]).await, [place(1)]);
    operator.fails(&["replay", &place(1), "--user", &owner]).await;
    operator.fails(&["replay", "--user", &owner]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_in_the_topic_is_listed_and_harms_no_terminal() {
    let (rig, taker) = (Rig::start(Access::Anybody).await, Taker::start().await);
    let operator = Operator::of(&rig, &taker);
    let structured: &[u8] = b"application/cloudevents+json";
    let escape = "\u{1b}]0;mine\u{7}\u{9b}2J\u{202e}".as_bytes();
    operator.bury(&[], None).await;
    operator.bury(&[], Some(&[0xff; 4096])).await;
    operator.bury(&[("content-type", structured)], Some(b"{\"id\":")).await;
    operator
        .bury(&[("ce_id", b"\xff\xfe"), ("\u{1b}c", escape)], Some(escape))
        .await;
    operator.bury(&[("dormouse-replayed", b"99")], None).await;
    operator.bury(&[("dormouse-replayed", b"0")], Some(b"x")).await;
    let event: [(&str, &[u8]); 5] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", escape),
        ("ce_source", escape),
        ("ce_type", escape),
        ("ce_knativeerrordata", escape),
    ];
    operator.bury(&event, Some(&vec![b'x'; 900_000])).await;

    let ids = operator.lists(&[]).await;
    assert_eq!(ids.len(), 7);
    let mut printed = operator.prints(&["list"]).await;
    assert_eq!(printed.matches("no CloudEvent").count(), 6, "{printed}");
    assert!(printed.lines().all(|line| line.len() < 1_000), "{printed}");
    for id in &ids {
        printed += &operator.prints(&["show", id]).await;
    }
    let obeyed = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
    assert_eq!(printed.chars().find(obeyed), None);
    for id in &ids {
        let said = operator.says(&["replay", id]).await;
        assert_eq!(said.chars().find(obeyed), None);
    }
    let (_, why) = operator.fails(&["list", "--function", "on-remider-due"]).await;
    assert!(why.contains("on-reminder-due"), "what there is is named: {why}");
    assert!(printed.contains(r"\u{1b}]0;mine"), "it is shown as what it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_alone_are_enough_and_what_is_missing_is_named() {
    let (rig, taker) = (Rig::start(Access::Anybody).await, Taker::start().await);
    let mut operator = Operator::of(&rig, &taker);
    operator.bury_event("a", "204").await;
    operator.variables.remove("DATABASE_URL");
    operator.variables.remove("FUNCTION_ON_REMINDER_DUE_URL");
    assert_eq!(operator.lists(&["--data-dir", "/nowhere"]).await, [place(0)]);
    for replay in [place(0), "--all".to_owned()] {
        let (_, why) = operator.fails(&["replay", &replay, "--data-dir", "/nowhere"]).await;
        assert!(why.contains("FUNCTION_ON_REMINDER_DUE_URL is missing"), "{why}");
    }
    let of_table = format!("{}/1/{FUNCTION}", user(1).0);
    let (_, why) = operator.fails(&["show", &of_table, "--data-dir", "/nowhere"]).await;
    assert!(why.contains("none is named"), "{why}");
}
