//! Any tasks of a user, and any list of them.

use chrono::TimeDelta;
use domain::{Civil, Description, NewTask, Priority, Tags, Task, Title, UserId, Zone, words::words};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
};
use storage::{
    Database,
    tasks::{self, Author, Listing, Order, Sort, Status},
};
use uuid::Uuid;

use crate::support::{due, now, write};

/// So many that a walk for a small page stops before their end.
const TASKS: usize = 150;
const TITLES: [&str; 7] = [
    "Plant",
    "plänt trees",
    "ÄPFEL",
    "apfel 2",
    "Zoo",
    "'; DROP",
    "zoo \u{1F412}",
];
const TAGS: [&str; 4] = ["Home", "HOME office", "a'b\\c", "été"];
const ZONES: [&str; 3] = ["UTC", "Pacific/Kiritimati", "America/St_Johns"];
const PRIORITIES: [Priority; 3] = [Priority::High, Priority::Medium, Priority::Low];

/// What a task is made of: words, hours from now to its due, minutes since it was made and changed, and its state.
#[derive(Debug, Clone)]
pub(super) struct Spec {
    title: &'static str,
    description: &'static str,
    tags: Vec<&'static str>,
    priority: Priority,
    due: Option<(i64, bool)>,
    zone: &'static str,
    created: i64,
    updated: i64,
    is_completed: bool,
    is_deleted: bool,
}

/// A user with tasks.
pub(super) struct World {
    pub(super) user: UserId,
    pub(super) tasks: Vec<Task>,
}

pub(super) fn tasks() -> impl Strategy<Value = Vec<Spec>> {
    let words = (
        select(&TITLES[..]),
        select(&["", "water", "trees & more", "e\u{301}te"][..]),
    );
    let tags = subsequence(&TAGS[..], 0..=TAGS.len());
    let state = (prop::bool::weighted(0.3), prop::bool::weighted(0.3));
    let due = option::weighted(0.7, (-72..72_i64, any::<bool>()));
    let spec = (
        words,
        tags,
        select(&PRIORITIES[..]),
        due,
        select(&ZONES[..]),
        (0..5_i64, 0..5_i64),
        state,
    );
    let spec = spec.prop_map(
        |((title, description), tags, priority, due, zone, (created, updated), state)| Spec {
            title,
            description,
            tags,
            priority,
            due,
            zone,
            created,
            updated,
            is_completed: state.0,
            is_deleted: state.1,
        },
    );
    vec(spec, TASKS)
}

pub(super) fn limit() -> impl Strategy<Value = usize> {
    prop_oneof![1 => Just(1), 3 => 2..8_usize, 3 => Just(60)]
}

pub(super) fn listing() -> impl Strategy<Value = Listing> {
    let status = select(&[Status::Pending, Status::Completed, Status::All][..]);
    let moment = || option::weighted(0.25, (-80..80_i64).prop_map(|hours| now() + TimeDelta::hours(hours)));
    let tags = prop_oneof![2 => Just(Vec::new()), 1 => subsequence(&["home", "A'B\\C", "ÉTÉ", "ete"][..], 1..=2)];
    let text = option::weighted(
        0.4,
        select(
            &[
                "pl",
                "plant",
                "zoo",
                "APFEL 2",
                "tree water",
                "ete",
                "\u{1F412}",
                "x",
                "drop home",
            ][..],
        ),
    );
    let sort = select(&[Sort::Due, Sort::Created, Sort::Updated, Sort::Priority, Sort::Title][..]);
    let order = (option::weighted(0.9, sort), any::<bool>());
    let overdue = option::weighted(0.3, any::<bool>());
    let priorities = prop_oneof![Just(Vec::new()), subsequence(&PRIORITIES[..], 1..=3)];
    let filters = (status, prop::bool::weighted(0.2), priorities, tags);
    (filters, (moment(), moment()), overdue, text, order).prop_map(
        |((status, deleted, priorities, tags), (due_from, due_until), overdue, text, (sort, is_descending))| Listing {
            status,
            deleted,
            priorities,
            tags: tags.into_iter().map(str::to_owned).collect(),
            due_from,
            due_until,
            overdue,
            words: text.map(|text| words(text).collect()).unwrap_or_default(),
            order: match (sort, text) {
                (None, Some(_)) => Order::Relevance,
                (sort, _) => Order::By {
                    sort: sort.unwrap_or(Sort::Due),
                    is_descending,
                },
            },
        },
    )
}

impl World {
    pub(super) async fn new(database: &Database, specs: &[Spec]) -> Self {
        let user = UserId(Uuid::new_v4());
        let mut session = database.session().await.unwrap();
        let mut tasks = Vec::new();
        for spec in specs {
            let mut created = spec
                .new_task()
                .create(now() - TimeDelta::minutes(spec.created), Uuid::new_v4)
                .unwrap();
            write(&mut session, user, &created, None).await.unwrap();
            let task = &mut created.task;
            task.updated_at = now() + TimeDelta::minutes(spec.updated);
            task.completed_at = spec.is_completed.then(now);
            task.deleted_at = spec.is_deleted.then(now);
            tasks::update(&mut session, user, task, Author::Person).await.unwrap();
            tasks.push(created.task);
        }
        Self { user, tasks }
    }
}

impl Spec {
    fn new_task(&self) -> NewTask {
        let zone: Zone = self.zone.parse().unwrap();
        let civil = |(hours, is_date)| {
            let local = zone.local(now() + TimeDelta::hours(hours));
            if is_date {
                Civil::Date(local.date())
            } else {
                Civil::DateTime(local)
            }
        };
        NewTask {
            title: Title::parse(self.title).unwrap(),
            description: Description::parse(self.description).unwrap(),
            tags: Tags::from_stored(self.tags.iter().map(|tag| (*tag).to_owned()).collect()),
            priority: self.priority,
            due_date: self.due.map(civil),
            time_zone: zone,
            ..due(None)
        }
    }
}
