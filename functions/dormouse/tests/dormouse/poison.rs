//! Events that a function will never take, or never answers to.

use domain::UserId;
use http::StatusCode;
use testing::{SOMEBODY_ELSE, TestApp};

use crate::support::{Seen, answering, consumer, dead_letters, deliver, log_is_handed_on, retries};

#[tokio::test]
async fn poisoned_event_is_a_dead_letter_and_holds_up_nothing_else() {
    let app = TestApp::start().await;
    for title in ["before", "poison", "after"] {
        app.create_for(UserId::LOCAL, title).await;
    }
    app.create_for(SOMEBODY_ELSE, "beside").await;
    let seen = Seen::default();
    let poisoned = answering(&seen, "poison", StatusCode::UNPROCESSABLE_ENTITY);
    let delivery = deliver(&app, &[poisoned]).await;

    log_is_handed_on(&app).await;
    delivery.stop().await;

    let mut titles = seen.titles();
    titles.sort();
    assert_eq!(titles, ["after", "before", "beside", "poison"]);
    let letters = dead_letters(&app).await;
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].key.user, letters[0].key.seq), (UserId::LOCAL, 2));
    assert_eq!((letters[0].key.consumer.as_str(), letters[0].attempts), ("taker", 1));
    assert!(letters[0].error.contains("422"), "{}", letters[0].error);
    assert_eq!(retries(&app).await, []);
    app.verify_log().await;
}

#[tokio::test]
async fn what_one_function_will_not_take_another_still_gets() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "x").await;
    let seen = Seen::default();
    let functions = [
        consumer("refuser", async |_| StatusCode::UNPROCESSABLE_ENTITY),
        answering(&seen, "", StatusCode::OK),
    ];
    let delivery = deliver(&app, &functions).await;

    log_is_handed_on(&app).await;
    delivery.stop().await;

    assert_eq!(seen.titles(), ["x"]);
    assert_eq!(dead_letters(&app).await.len(), 1);
}

#[tokio::test]
async fn handler_that_hangs_is_cut_off_and_later_events_go_on() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "hangs").await;
    app.create_for(UserId::LOCAL, "after").await;
    let seen = Seen::default();
    let seen_by_function = seen.clone();
    let function = consumer("hanger", move |delivered| {
        let seen = seen_by_function.clone();
        async move {
            if delivered.title() == "hangs" {
                std::future::pending::<()>().await;
            }
            seen.add(delivered);
            StatusCode::OK
        }
    });
    let delivery = deliver(&app, &[function]).await;

    seen.comes("after").await;
    delivery.stop().await;

    let retries = retries(&app).await;
    assert_eq!(retries.len(), 1);
    assert_eq!(retries[0].0, 1);
    assert!(retries[0].2.contains("longer"), "{}", retries[0].2);
}

#[tokio::test]
async fn function_that_panics_is_tried_again() {
    let app = TestApp::start().await;
    app.create_for(UserId::LOCAL, "x").await;
    let function = runtime::Function::reaction(
        "panicker",
        events::EventType::TaskCreated,
        app.app(),
        async |_, _, subject: events::TaskSubject| {
            assert!(subject.user_id != UserId::LOCAL, "on purpose");
            Ok(())
        },
    );
    let delivery = deliver(&app, &[function]).await;

    log_is_handed_on(&app).await;
    delivery.stop().await;

    assert_eq!(retries(&app).await.len(), 1);
    assert_eq!(dead_letters(&app).await, []);
}
