//! Any merge patch is refused with its faults named, or makes a task within its limits, which sent back as it was read
//! changes nothing.
#![no_main]

use chrono::{DateTime, Utc};
use domain::{
    NewTask, Series, Tags, Task,
    new_task::Created,
    update::{SeriesUpdate, Standing, Update},
};
use libfuzzer_sys::{Corpus, fuzz_target};
use runtime::input::Object;
use update_task::read;
use uuid::Uuid;

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(object) = Object::parse(bytes) else {
        return Corpus::Reject;
    };
    for (mut task, series) in [plain(), recurring()] {
        let before = task.clone();
        match apply(object.clone(), &mut task, series.clone()) {
            Some(update) => is_sound(&task, series_after(update, series)),
            None => assert_eq!(task, before),
        }
    }
    Corpus::Keep
});

/// What the patch makes of the task, unless it has faults.
fn apply(object: Object, task: &mut Task, series: Option<Series>) -> Option<Update> {
    let read = read::patch(object, task);
    let standing = series.map(|series| Standing {
        series,
        is_latest: true,
    });
    let is_faulty = !read.faults.is_empty();
    let mut next = task.clone();
    let update = read.patch.apply(&mut next, standing, None, now(), Uuid::new_v4).ok();
    if is_faulty {
        return None;
    }
    *task = next;
    update
}

fn is_sound(task: &Task, series: Option<Series>) {
    assert!(task.reminders.len() <= NewTask::REMINDER_LIMIT && task.tags.as_slice().len() <= Tags::LIMIT);
    assert_eq!(task.place.is_some(), series.is_some());
    let document = serde_json::to_vec(task).expect("a task is JSON");
    let object = Object::parse(&document).expect("it is an object");
    let mut again = task.clone();
    let update = apply(object, &mut again, series).expect("what was read can be sent back");
    assert!(update.changed.is_empty() && again == *task, "{:?}", update.changed);
}

fn series_after(update: Update, before: Option<Series>) -> Option<Series> {
    match update.series {
        SeriesUpdate::Untouched => before,
        SeriesUpdate::Template(series) | SeriesUpdate::Revision(series) => Some(*series),
        SeriesUpdate::Left => None,
    }
}

fn plain() -> (Task, Option<Series>) {
    create(r#"{"title": "Water", "reminders": [{"at": "1970-01-02T00:00:00Z"}]}"#)
}

fn recurring() -> (Task, Option<Series>) {
    create(
        r#"{"title": "Water", "due_date": "1970-01-05T09:00", "time_zone": "Europe/Berlin",
            "recurrence_rule": "FREQ=WEEKLY;BYDAY=MO", "reminders": [{"offset": "-PT15M"}]}"#,
    )
}

fn create(text: &str) -> (Task, Option<Series>) {
    let object = Object::parse(text.as_bytes()).expect("it is an object");
    let Created { task, series } = create_task::read::new_task(object, now(), Uuid::new_v4).expect("it has no fault");
    (task, series)
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}
