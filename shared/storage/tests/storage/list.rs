//! Lists of a user's tasks: every filter in every order against a slow and plain model, pages while others write, and
//! what the search finds first.

mod any;
mod model;
mod walk;
mod work;

use chrono::TimeDelta;
use domain::{Due, NewTask, Tags, Task, TaskId, Title, new_task::Created, words::words};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use sqlx::Connection;
use storage::{
    Database,
    tasks::{self, Author, Key, ListError, Listing, Order, Position, Sort},
};
use testing::{database, instant};

use crate::support::{created, due, everything, now, run, user, write};
use any::World;

/// How many users' lists are compared, and in how many ways each.
const WORLDS: u32 = 4;
const LISTINGS: u32 = 30;

async fn put(database: &Database, new: NewTask) -> TaskId {
    let created = created(new);
    let mut session = database.session().await.unwrap();
    write(&mut session, user(0), &created, None).await.unwrap();
    created.task.id
}

fn titled(title: &str) -> NewTask {
    NewTask {
        title: Title::parse(title).unwrap(),
        ..due(None)
    }
}

fn searching(text: &str) -> Listing {
    Listing {
        words: words(text).collect(),
        order: Order::Relevance,
        ..Listing::pending()
    }
}

async fn whole(database: &Database, listing: &Listing) -> Vec<Task> {
    walk::pages(database, user(0), listing, 200, async |_| ()).await
}

async fn titles(database: &Database, text: &str) -> Vec<String> {
    let tasks = whole(database, &searching(text)).await;
    tasks.into_iter().map(|task| task.title.as_str().to_owned()).collect()
}

#[test]
fn every_list_is_what_the_model_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_test, database) = runtime.block_on(async {
        let test = database().await;
        let database = test.open(2);
        (test, database)
    });
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(LISTINGS)
    };
    let mut runner = TestRunner::new(config);
    for _ in 0..WORLDS {
        let specs = any::tasks().new_tree(&mut runner).unwrap().current();
        let world = runtime.block_on(World::new(&database, &specs));
        let outcome = runner.run(&(any::listing(), any::limit()), |(listing, limit)| {
            let walked = walk::pages(&database, world.user, &listing, limit, async |_| ());
            let walked: Vec<_> = runtime.block_on(walked).iter().map(|task| task.id).collect();
            model::compare(&world.tasks, &listing, walked)
        });
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }
}

#[tokio::test]
async fn what_the_title_says_comes_before_what_tags_say_and_that_before_the_description() {
    let test = database().await;
    let database = test.open(1);
    for (title, tag, description) in [
        ("in the description", "", "a plant, plants"),
        ("in a tag", "Plant", ""),
        ("Plant", "", ""),
    ] {
        let new = NewTask {
            description: domain::Description::parse(description).unwrap(),
            tags: domain::Tags::from_stored(Vec::from_iter((!tag.is_empty()).then(|| tag.to_owned()))),
            ..titled(title)
        };
        put(&database, new).await;
    }
    assert_eq!(
        titles(&database, "plant").await,
        ["Plant", "in a tag", "in the description"]
    );
}

#[tokio::test]
async fn words_are_found_whatever_their_case_and_accents_and_the_last_by_its_beginning() {
    let test = database().await;
    let database = test.open(1);
    put(&database, titled("Café Straße O'Neill")).await;
    for found in ["cafe", "CAFÉ stras", "strasse", "o neill", "caf", "neill CAFE"] {
        assert_eq!(titles(&database, found).await.len(), 1, "{found}");
    }
    for missed in ["caf strasse", "afe", "cafes", "cafe tea"] {
        assert_eq!(titles(&database, missed).await.len(), 0, "{missed}");
    }
}

#[tokio::test]
async fn longest_texts_of_the_strangest_characters_are_written_and_found() {
    let test = database().await;
    let database = test.open(1);
    for (n, c) in "ﷺ㌀中'\\\u{1F468}क्é".chars().enumerate() {
        let text: String = std::iter::repeat_n([c, ' '], 5_000).flatten().collect();
        let new = NewTask {
            description: domain::Description::parse(&text).unwrap(),
            tags: domain::Tags::from_stored(vec![c.to_string().repeat(50), format!("'{c}\\' & !x:*")]),
            ..titled(&format!("n{n} {}", c.to_string().repeat(490)))
        };
        put(&database, new).await;
    }
    // Ten thousand words of which none is another.
    let text: String = ('\u{4E00}'..).take(10_000).collect();
    let new = NewTask {
        description: domain::Description::parse(&text).unwrap(),
        ..titled("all")
    };
    put(&database, new).await;
    assert_eq!(titles(&database, "中").await.len(), 2);
    assert_eq!(titles(&database, "\u{6000}").await, ["all"]);
    let by_title = Listing {
        order: Order::By {
            sort: Sort::Title,
            is_descending: true,
        },
        tags: vec!["'\\\\' & !X:*".to_owned()],
        ..Listing::pending()
    };
    assert_eq!(whole(&database, &by_title).await.len(), 1);
}

#[tokio::test]
async fn words_of_two_users_who_share_a_prefix_are_kept_apart() {
    let test = database().await;
    let database = test.open(1);
    put(&database, titled("mine")).await;
    // The same last bytes, by which lexemes begin.
    let other = domain::UserId(uuid::Uuid::from_u128(user(0).0.as_u128() | 1 << 120));
    let mut session = database.session().await.unwrap();
    write(&mut session, other, &created(titled("mine too")), None)
        .await
        .unwrap();
    drop(session);
    let by_title = Listing {
        order: Order::By {
            sort: Sort::Title,
            is_descending: false,
        },
        ..searching("mine")
    };
    for listing in [searching("mine"), by_title] {
        assert_eq!(whole(&database, &listing).await.len(), 1);
    }
}

#[tokio::test]
async fn search_that_takes_too_long_says_that_it_is_too_broad() {
    let test = database().await;
    let database = test.open(1);
    let mut connection = sqlx::PgConnection::connect_with(&test.options()).await.unwrap();
    let mut held = connection.begin().await.unwrap();
    sqlx::query("LOCK TABLE tasks").execute(&mut *held).await.unwrap();

    let mut snapshot = database.list_snapshot().await.unwrap();
    let refused = tasks::list(&mut snapshot, user(0), &searching("x"), now(), None, 1).await;
    assert!(matches!(refused, Err(ListError::TooBroad)), "{refused:?}");
    drop(snapshot);
    let mut snapshot = database.list_snapshot().await.unwrap();
    let refused = tasks::list(&mut snapshot, user(0), &Listing::pending(), now(), None, 1).await;
    assert!(
        matches!(&refused, Err(ListError::Storage(error)) if error.is_transient()),
        "{refused:?}"
    );
}

#[tokio::test]
async fn lists_follow_what_is_derived_anew_and_what_is_generated_again() {
    let test = database().await;
    let database = test.open(2);
    let Created { mut task, series } = created(everything());
    let mut session = database.session().await.unwrap();
    let created = Created {
        task: task.clone(),
        series,
    };
    write(&mut session, user(0), &created, None).await.unwrap();
    let overdue = Listing {
        overdue: Some(true),
        ..Listing::pending()
    };
    assert_eq!(whole(&database, &overdue).await, []);
    // As when another zone database says so.
    if let Some(due) = &mut task.due {
        due.at = now() - TimeDelta::hours(1);
    }
    tasks::update(&mut session, user(0), &task, Author::Dormouse)
        .await
        .unwrap();
    assert_eq!(whole(&database, &overdue).await.len(), 1);

    task.title = Title::parse("Feed the cat").unwrap();
    tasks::put_generated(&mut session, user(0), &task).await.unwrap();
    drop(session);
    assert_eq!(titles(&database, "cat").await, ["Feed the cat"]);
    assert_eq!(titles(&database, "water").await.len(), 0);
}

#[tokio::test]
async fn lists_follow_what_a_person_changes() {
    let test = database().await;
    let database = test.open(2);
    let created = ["Bake", "Clean"].map(|title| created(titled(title)));
    let mut session = database.session().await.unwrap();
    for created in &created {
        write(&mut session, user(0), created, None).await.unwrap();
    }
    let mut task = created[0].task.clone();
    task.title = Title::parse("Dance").unwrap();
    task.tags = Tags::parse(&["fun".to_owned()]).unwrap();
    task.due = Some(Due::new("2020-01-01".parse().unwrap(), task.time_zone));
    tasks::rewrite(&mut session, user(0), &task).await.unwrap();
    drop(session);

    assert_eq!(titles(&database, "dance").await, ["Dance"]);
    assert_eq!(titles(&database, "bake").await.len(), 0);
    let overdue = Listing {
        overdue: Some(true),
        ..Listing::pending()
    };
    assert_eq!(whole(&database, &overdue).await, std::slice::from_ref(&task));
    let tagged = Listing {
        tags: vec!["fun".to_owned()],
        ..Listing::pending()
    };
    assert_eq!(whole(&database, &tagged).await, std::slice::from_ref(&task));
    let by_title = Listing {
        order: Order::By {
            sort: Sort::Title,
            is_descending: false,
        },
        ..Listing::pending()
    };
    assert_eq!(whole(&database, &by_title).await, [created[1].task.clone(), task]);
}

#[tokio::test]
async fn page_goes_on_after_a_task_that_cannot_be_read() {
    let test = database().await;
    let database = test.open(1);
    for title in ["a", "b", "c"] {
        put(&database, titled(title)).await;
    }
    run(&test, "UPDATE tasks SET time_zone = 'Mars/Base' WHERE title <> 'c'").await;
    let by_title = Listing {
        order: Order::By {
            sort: Sort::Title,
            is_descending: false,
        },
        ..Listing::pending()
    };
    let walked = walk::pages(&database, user(0), &by_title, 1, async |_| ()).await;
    assert_eq!(walked.len(), 1);
}

#[test]
fn place_of_another_order_is_none_of_this_one() {
    let id = TaskId(uuid::Uuid::nil());
    let by = |sort| Order::By {
        sort,
        is_descending: false,
    };
    let is_in = |key: Key, order| Position { key, id }.is_in(order);
    let at = instant("2026-12-01T08:00:00Z");
    assert!(is_in(Key::Instant(None), by(Sort::Due)) && !is_in(Key::Instant(None), by(Sort::Created)));
    assert!(is_in(Key::Instant(Some(at)), by(Sort::Updated)) && !is_in(Key::Instant(Some(at)), by(Sort::Title)));
    assert!(is_in(Key::Text("x".to_owned()), by(Sort::Title)) && !is_in(Key::Text("\0".to_owned()), by(Sort::Title)));
    assert!(is_in(Key::Rank(1), by(Sort::Priority)) && !is_in(Key::Rank(1), Order::Relevance));
    assert!(is_in(Key::Relevance(0.5), Order::Relevance) && !is_in(Key::Relevance(0.5), by(Sort::Due)));
    assert!(!is_in(
        Key::Instant(Some(chrono::DateTime::<chrono::Utc>::MIN_UTC)),
        by(Sort::Due)
    ));
    assert!(!is_in(Key::Relevance(f32::INFINITY), Order::Relevance));
}
