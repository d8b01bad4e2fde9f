//! What is read was written, and what was written is read.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::chaos::{
    history::{Attempt, Outcome, kind},
    observe::{Logged, Observed},
};

pub(super) fn check(history: &[Attempt], observed: &Observed) -> Vec<String> {
    let mut faults: Vec<_> = history.iter().filter_map(|attempt| fault(attempt, observed)).collect();
    let mut people: BTreeMap<Uuid, Vec<&Attempt>> = BTreeMap::new();
    for attempt in history {
        people.entry(attempt.user).or_default().push(attempt);
    }
    faults.extend(people.values().flat_map(|history| missing(history)));
    faults
}

/// What is wrong with what was read.
fn fault(attempt: &Attempt, observed: &Observed) -> Option<String> {
    let answer = attempt.answer()?;
    let own = || observed.events.iter().filter(|event| event.user == attempt.user);
    let is_right = match attempt.kind {
        kind::PREVIEW => is_preview(answer),
        kind::LIST => items(answer).all(|task| own().any(|event| event.data["task"] == *task)),
        kind::INBOX => items(answer).all(|one| own().any(|event| event.data["notification"] == *one)),
        kind::HISTORY | kind::CHANGES => items(answer)
            .chain(list(answer, "events"))
            .all(|told| own().any(|event| is(event, told))),
        kind::SNOOZE | "todo.notification.read" => own().any(|event| event.data["notification"] == *answer),
        _ => true,
    };
    (!is_right).then(|| format!("what is read was never so: {attempt:?}"))
}

/// The lists in which a task is missing, or older than its user had been told before.
fn missing(history: &[&Attempt]) -> Vec<String> {
    let (mut faults, mut known) = (Vec::new(), BTreeMap::new());
    for attempt in history {
        match &attempt.outcome {
            Outcome::Acknowledged(list) if attempt.kind == kind::LIST && list["next_cursor"].is_null() => {
                let version = |id: &str| {
                    items(list)
                        .find(|task| task["id"] == *id)
                        .and_then(|task| task["version"].as_u64())
                };
                let older = known
                    .iter()
                    .filter(|(id, told): &(&String, &Told)| version(id) < Some(told.version));
                faults.extend(
                    older.map(|(id, told)| format!("{id} is not listed as in version {}: {list}", told.version)),
                );
            }
            Outcome::Acknowledged(task) if task["version"].is_u64() => {
                if attempt.kind == "todo.task.reopened" {
                    // What its completion had made goes.
                    known.retain(|_, told: &mut Told| told.series.is_null() || told.series != task["series_id"]);
                }
                known.insert(task["id"].as_str().unwrap_or_default().to_owned(), Told::of(task));
            }
            Outcome::Acknowledged(_) if attempt.kind != "todo.task.deleted" => {}
            Outcome::Refused(_) => {}
            // It may be gone, or go any moment, and its successors with it.
            _ => {
                let series = known.remove(&attempt.task).map(|told| told.series);
                known.retain(|_, told| told.series.is_null() || Some(&told.series) != series.as_ref());
            }
        }
    }
    faults
}

struct Told {
    version: u64,
    series: Value,
}

impl Told {
    fn of(task: &Value) -> Self {
        Self {
            version: task["version"].as_u64().unwrap_or_default(),
            series: task["series_id"].clone(),
        }
    }
}

fn is(event: &Logged, told: &Value) -> bool {
    told["id"] == event.id.to_string() && told["data"] == event.data
}

fn is_preview(answer: &Value) -> bool {
    let dates: Vec<_> = list(answer, "occurrences")
        .map(|date| &date["due_at"])
        .take(2)
        .collect();
    dates == [&json!("2030-12-02T08:00:00Z"), &json!("2030-12-09T08:00:00Z")]
}

fn items(page: &Value) -> impl Iterator<Item = &Value> {
    list(page, "items")
}

fn list<'a>(page: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    page[member].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chaos::check::tests::{attempt, event};

    fn task(version: u64) -> Value {
        json!({"id": "t", "version": version, "series_id": null})
    }

    fn list_of(tasks: &[Value]) -> Attempt {
        attempt(
            kind::LIST,
            Outcome::Acknowledged(json!({"items": tasks, "next_cursor": null})),
        )
    }

    fn observed() -> Observed {
        let of = |seq: i64| {
            event(
                seq,
                "todo.task.updated",
                json!({"task": task(seq.cast_unsigned()), "notification": {"id": "n"}}),
            )
        };
        Observed {
            events: vec![of(1), of(2)],
            ..Observed::default()
        }
    }

    #[test]
    fn list_shows_what_was_written_and_all_of_it() {
        let told = Attempt {
            task: "t".to_owned(),
            ..attempt("todo.task.updated", Outcome::Acknowledged(task(2)))
        };
        let check = |history: &[Attempt]| check(history, &observed()).len();
        assert_eq!(check(&[list_of(&[]), told.clone(), list_of(&[task(2)])]), 0);
        assert_eq!(check(&[told.clone(), list_of(&[task(1)])]), 1, "it is older");
        assert_eq!(check(&[told.clone(), list_of(&[])]), 1, "it is missing");
        assert_eq!(check(&[list_of(&[task(3)])]), 1, "it was never so");
        let gone = Attempt {
            kind: "todo.task.deleted",
            outcome: Outcome::Unknown,
            ..told.clone()
        };
        assert_eq!(check(&[told, gone, list_of(&[])]), 0, "it may be gone");
    }

    #[test]
    fn inbox_and_preview_that_are_wrong_are_found() {
        let inbox = |id: &str| attempt(kind::INBOX, Outcome::Acknowledged(json!({"items": [{"id": id}]})));
        assert_eq!(check(&[inbox("n")], &observed()), [] as [String; 0]);
        assert_eq!(check(&[inbox("m")], &observed()).len(), 1);
        let preview = attempt(kind::PREVIEW, Outcome::Acknowledged(json!({"occurrences": []})));
        assert_eq!(check(&[preview], &observed()).len(), 1);
    }
}
