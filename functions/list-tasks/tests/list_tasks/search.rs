//! Searching words.

use testing::TaskBody;

use crate::{encoded, found, refusal, start};

#[tokio::test]
async fn search_finds_titles_tags_and_descriptions_the_best_first() {
    let (_app, client) = start().await;
    client
        .post(
            "/v1/tasks",
            TaskBody::titled("Shop").with("description", "Café, milk and tea"),
        )
        .await;
    client.post("/v1/tasks", TaskBody::titled("Tea at the CAFE")).await;
    client
        .post("/v1/tasks", TaskBody::titled("Sit").with("tags", &["café"][..]))
        .await;
    for (q, wanted) in [
        ("café", &["Tea at the CAFE", "Sit", "Shop"][..]),
        ("tea caf", &["Tea at the CAFE", "Shop"]),
        ("caf tea", &[]),
        ("MILK", &["Shop"]),
    ] {
        assert_eq!(found(&client, &format!("q={}", encoded(q))).await, wanted, "{q}");
    }
    assert_eq!(
        found(&client, "q=cafe&sort=title").await,
        ["Shop", "Sit", "Tea at the CAFE"]
    );
    assert_eq!(found(&client, "q=cafe&sort=-title&tag=CAF%C3%89").await, ["Sit"]);
    assert_eq!(found(&client, "q=cafe&status=completed").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_people_type_is_words_and_never_syntax() {
    let (_app, client) = start().await;
    client
        .post(
            "/v1/tasks",
            TaskBody::titled("Rock'n'roll \\ 100% (live): a|b & !c \u{1F3B8}"),
        )
        .await;
    client
        .post(
            "/v1/tasks",
            TaskBody::titled("\u{5E9}\u{5B8}\u{5DC}\u{5D5}\u{5B9}\u{5DD} \u{645}\u{631}\u{62D}\u{628}\u{627}"),
        )
        .await;
    for q in [
        "rock'n'roll",
        "'rock' | 'nothing'",
        "rock:*",
        "\\rock\\'",
        "100%",
        "!c & (live)",
        "\"live\"",
        "\u{1F3B8}",
        "rock -- ; DROP TABLE tasks",
        "\u{5E9}\u{5DC}\u{5D5}\u{5DD}",
        "\u{202B}\u{645}\u{631}\u{62D}",
        "R\u{301}o\u{302}ck",
    ] {
        let is_there = !q.contains("nothing") && !q.contains("DROP");
        assert_eq!(
            found(&client, &format!("q={}", encoded(q))).await.len(),
            usize::from(is_there),
            "{q}"
        );
    }
}

#[tokio::test]
async fn search_without_words_or_with_too_much_is_refused() {
    let (_app, client) = start().await;
    let long = "x".repeat(10_000);
    let many = "x ".repeat(21);
    for (q, detail) in [
        ("", "must have a letter, a digit or a symbol to look for"),
        (" \\ ':*&|!() ", "must have a letter, a digit or a symbol to look for"),
        ("\u{301}\u{FE0F}", "must have a letter, a digit or a symbol to look for"),
        ("a\0b", "must not contain control characters"),
        (&long, "must have at most 200 characters"),
        (&many, "must have at most 20 words; this has 21"),
    ] {
        let (place, told) = refusal(&client, &format!("q={}", encoded(q))).await;
        assert_eq!((&*place, &*told), ("q", detail), "{q:.20}");
    }
    assert_eq!(found(&client, &format!("q={}", "x".repeat(200))).await.len(), 0);
}

#[tokio::test]
async fn search_that_takes_too_long_says_how_to_ask_for_less() {
    let (app, client) = start().await;
    let mut held = app.database().pool().begin().await.unwrap();
    sqlx::query("LOCK TABLE tasks").execute(&mut *held).await.unwrap();
    let reply = client.get("/v1/tasks?q=plant&sort=title").await;
    assert_eq!((reply.status.as_u16(), reply.problem()), (422, "search-too-broad"));
    let detail = reply.json["detail"].as_str().unwrap();
    assert!(detail.contains("Add words or a filter"), "{detail}");
}
