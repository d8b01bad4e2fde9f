//! The operator's commands, beside a delivery that runs.

use domain::UserId;
use dormouse::{
    cli::{DeadLetters, Filter},
    operator::{
        dead_letters::{self as command, Places},
        era, verify,
    },
};
use http::StatusCode;
use runtime::Clock;
use testing::{TestApp, eventually};

use crate::support::{Seen, consumer, dead_letters, deliver, retries};

/// As many dead letters as `count`, of a function that takes everything from then on.
async fn with_dead_letters(count: usize) -> (TestApp, Seen, crate::support::Delivery) {
    let app = TestApp::start().await;
    // Commands go by the machine's clock.
    app.clock().set(Clock::system().now());
    for number in 0..count {
        app.create_for(UserId::LOCAL, &format!("number {number}")).await;
    }
    let seen = Seen::default();
    let seen_by_function = seen.clone();
    let function = consumer("taker", move |delivered| {
        let is_known = seen_by_function.count(&delivered.title()) > 0;
        seen_by_function.add(delivered);
        async move {
            if is_known {
                StatusCode::NO_CONTENT
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        }
    });
    let delivery = deliver(&app, &[function]).await;
    eventually("they are dead letters", async || {
        dead_letters(&app).await.len() == count
    })
    .await;
    (app, seen, delivery)
}

/// Where they are without Kafka.
fn places(app: &TestApp) -> Places {
    Places {
        database: Some(app.app().database),
        kafka: None,
    }
}

async fn is_done(app: &TestApp) {
    eventually("they are taken", async || {
        app.clock().set(Clock::system().now());
        retries(app).await.is_empty()
    })
    .await;
    assert_eq!(dead_letters(app).await, []);
}

#[tokio::test]
async fn replayed_dead_letter_is_tried_again_and_forgotten_once_taken() {
    let (app, seen, delivery) = with_dead_letters(2).await;
    let places = places(&app);
    let id = format!("{}/1/taker", UserId::LOCAL);
    let list = DeadLetters::List {
        limit: 100,
        filter: Filter::default(),
    };
    command::run(list, &places).await.unwrap();
    command::run(DeadLetters::Show { id: id.clone() }, &places)
        .await
        .unwrap();

    let replay = DeadLetters::Replay {
        id: Some(id),
        all: false,
        filter: Filter::default(),
    };
    command::run(replay, &places).await.unwrap();
    eventually("it is taken", async || {
        app.clock().set(Clock::system().now());
        seen.count("number 0") == 2 && retries(&app).await.is_empty()
    })
    .await;
    delivery.stop().await;

    assert_eq!(seen.count("number 1"), 1);
    assert_eq!(dead_letters(&app).await.len(), 1);
}

#[tokio::test]
async fn all_dead_letters_are_replayed_at_once() {
    let (app, seen, delivery) = with_dead_letters(20).await;
    let replay = DeadLetters::Replay {
        id: None,
        all: true,
        filter: Filter::default(),
    };
    command::run(replay, &places(&app)).await.unwrap();

    is_done(&app).await;
    delivery.stop().await;

    assert_eq!(seen.titles().len(), 40);
}

#[tokio::test]
async fn dead_letters_that_the_filter_does_not_take_stay() {
    let (app, _, delivery) = with_dead_letters(3).await;
    delivery.stop().await;
    let replay = async |filter: Filter| {
        let replay = DeadLetters::Replay {
            id: None,
            all: true,
            filter,
        };
        command::run(replay, &places(&app)).await.unwrap();
        dead_letters(&app).await.len()
    };
    let text = |text: &str| Some(text.to_owned());
    let filter = Filter::default();

    assert_eq!(
        replay(Filter {
            function: text("another"),
            ..filter.clone()
        })
        .await,
        3
    );
    assert_eq!(
        replay(Filter {
            kind: text("todo.reminder.due"),
            ..filter.clone()
        })
        .await,
        3
    );
    let filter = Filter {
        function: text("taker"),
        user: Some(UserId::LOCAL.0),
        kind: text("todo.task.created"),
        error: text("unprocessable"),
        ..filter
    };
    assert_eq!(replay(filter).await, 0);
}

#[tokio::test]
async fn dead_letter_that_is_not_there_is_refused() {
    let app = TestApp::start().await;
    let unknown = format!("{}/7/taker", UserId::LOCAL);
    for id in [unknown.as_str(), "", "x/y/z", "taker"] {
        let show = DeadLetters::Show { id: id.to_owned() };
        let replay = DeadLetters::Replay {
            id: Some(id.to_owned()),
            all: false,
            filter: Filter::default(),
        };
        for asked in [show, replay] {
            assert!(command::run(asked, &places(&app)).await.is_err(), "{id}");
        }
    }
    assert_eq!(retries(&app).await, []);
}

#[tokio::test]
async fn every_function_that_takes_events_has_a_topic_of_what_it_could_not_take() {
    let app = TestApp::start().await;
    let functions = dormouse::functions::all(&app.app()).into_iter();
    let taking = functions.filter(|function| function.reaction.is_some());
    let mut names: Vec<_> = taking.map(|function| function.name).collect();
    names.sort_unstable();
    assert_eq!(names, kafka::topics::CONSUMERS);
}

#[tokio::test]
async fn verifying_names_a_log_that_was_tampered_with() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "x").await;
    verify::run(&app.app().database).await.unwrap();

    sqlx::query("UPDATE events SET data = '{}'")
        .execute(&app.database().pool())
        .await
        .unwrap();

    let error = verify::run(&app.app().database).await.unwrap_err().to_string();
    assert_eq!(error, "1 of 1 logs are damaged");
}

#[tokio::test]
async fn new_era_follows_the_one_before() {
    let app = TestApp::start().await;
    era::renew(&app.app().database).await.unwrap();
    let era: i64 = sqlx::query_scalar("SELECT era FROM installation")
        .fetch_one(&app.database().pool())
        .await
        .unwrap();
    assert_eq!(era, 2);
}
