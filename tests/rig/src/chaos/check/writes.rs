//! Every acknowledged write is there, once; one whose answer was lost at most once; one that was refused not at all. What is
//! read was written.

mod reads;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::chaos::{
    history::{Attempt, Outcome},
    observe::{Logged, Observed},
};

pub(super) fn check(history: &[Attempt], observed: &Observed) -> Vec<String> {
    let mut faults: Vec<_> = history.iter().filter_map(|attempt| fault(attempt, observed)).collect();
    faults.extend(untold(history, observed));
    faults.extend(reads::check(history, observed));
    faults
}

/// What was told without the task, as a deletion is, and is there less often than it was told.
fn untold(history: &[Attempt], observed: &Observed) -> Vec<String> {
    let mut told: BTreeMap<_, usize> = BTreeMap::new();
    for attempt in history {
        if matches!(&attempt.outcome, Outcome::Acknowledged(task) if !task.is_object()) {
            *told.entry((attempt.user, attempt.kind, &attempt.task)).or_default() += 1;
        }
    }
    told.retain(|(user, kind, task), times| {
        let is_it = |event: &&Logged| event.user == *user && event.kind == *kind && event.task.to_string() == **task;
        observed.events.iter().filter(is_it).count() < *times
    });
    let told = told.into_iter();
    told.map(|((_, kind, task), times)| format!("acknowledged {times} times, there less often: {kind} of {task}"))
        .collect()
}

fn fault(attempt: &Attempt, observed: &Observed) -> Option<String> {
    let happened: Vec<_> = observed
        .events
        .iter()
        .filter(|event| event.user == attempt.user)
        .collect();
    let marked = attempt.mark.as_ref().map(|mark| {
        let is_marked = |event: &&&Logged| event.kind == attempt.kind && is_by(event, mark);
        happened.iter().filter(is_marked).count()
    });
    match (&attempt.outcome, marked) {
        (Outcome::Acknowledged(_), Some(times)) if times != 1 => {
            Some(format!("acknowledged, there {times} times: {attempt:?}"))
        }
        (Outcome::Unknown | Outcome::Unanswered, Some(times)) if times > 1 => {
            Some(format!("asked for once, there {times} times: {attempt:?}"))
        }
        (Outcome::Refused(_), Some(times)) if times > 0 => Some(format!("refused, there all the same: {attempt:?}")),
        (Outcome::Acknowledged(task), _) if task["version"].is_u64() => {
            let as_told = |event: &&&Logged| {
                event.task.to_string() == task["id"] && event.version == task["version"] && is_of_task(event)
            };
            match happened.iter().filter(as_told).collect::<Vec<_>>()[..] {
                [event] if event.data["task"] == *task => None,
                [event] => Some(format!(
                    "acknowledged otherwise than recorded: {attempt:?}, {}",
                    event.data
                )),
                ref events => Some(format!(
                    "acknowledged, and recorded {} times: {attempt:?}",
                    events.len()
                )),
            }
        }
        _ => None,
    }
}

/// Whether it tells of a change of its task itself: what tells that an occurrence follows, or that a notification was read,
/// comes on top, and leaves the version.
fn is_of_task(event: &Logged) -> bool {
    !["todo.recurring.next_created", "todo.notification.read"].contains(&event.kind.as_str())
}

/// Whether only the request that wrote `mark` makes this event. What is made of a task later carries its title on.
fn is_by(event: &Logged, mark: &str) -> bool {
    let task = &event.data["task"];
    let is_first = event.version == 1 && task["occurrence"].as_u64().is_none_or(|occurrence| occurrence == 1);
    match event.kind.as_str() {
        "todo.task.created" => is_first && task["title"] == mark,
        _ => task["description"] == mark && has(&event.data["changed"], "description"),
    }
}

fn has(list: &Value, member: &str) -> bool {
    list.as_array()
        .is_some_and(|list| list.iter().any(|entry| entry == member))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::chaos::check::tests::{attempt, event};

    fn create(outcome: Outcome) -> Attempt {
        Attempt {
            mark: Some("Feed the cat".to_owned()),
            ..attempt("todo.task.created", outcome)
        }
    }

    fn acknowledged() -> Attempt {
        let task = json!({"id": Uuid::nil(), "version": 1, "title": "Feed the cat"});
        create(Outcome::Acknowledged(task))
    }

    fn there(times: i64) -> Observed {
        let created = |seq| {
            event(
                seq,
                "todo.task.created",
                json!({"task": {"id": Uuid::nil(), "version": 1, "title": "Feed the cat"}}),
            )
        };
        Observed {
            events: (1..=times).map(created).collect(),
            ..Observed::default()
        }
    }

    #[test]
    fn acknowledged_write_is_there_once() {
        assert_eq!(check(&[acknowledged()], &there(1)), [] as [String; 0]);
        assert_eq!(check(&[acknowledged()], &there(0)).len(), 1);
        assert_eq!(check(&[acknowledged()], &there(2)).len(), 1);
    }

    #[test]
    fn what_is_told_of_a_task_besides_does_not_double_it() {
        let mut observed = there(1);
        let next = event(2, "todo.recurring.next_created", observed.events[0].data.clone());
        observed.events.push(next);
        assert_eq!(check(&[acknowledged()], &observed), [] as [String; 0]);
    }

    #[test]
    fn acknowledged_write_is_as_it_was_told() {
        let mut observed = there(1);
        observed.events[0].data["task"]["priority"] = json!("high");
        assert_eq!(check(&[acknowledged()], &observed).len(), 1);
    }

    #[test]
    fn write_whose_answer_was_lost_is_there_once_or_not_at_all() {
        for times in [0, 1] {
            assert_eq!(check(&[create(Outcome::Unknown)], &there(times)), [] as [String; 0]);
        }
        assert_eq!(check(&[create(Outcome::Unknown)], &there(2)).len(), 1);
    }

    #[test]
    fn refused_write_is_not_there() {
        assert_eq!(check(&[create(Outcome::Refused(422))], &there(0)), [] as [String; 0]);
        assert_eq!(check(&[create(Outcome::Refused(422))], &there(1)).len(), 1);
    }

    #[test]
    fn deletion_is_there_as_often_as_it_was_acknowledged() {
        let deletion = Attempt {
            kind: "todo.task.deleted",
            task: Uuid::nil().to_string(),
            mark: None,
            ..create(Outcome::Acknowledged(Value::Null))
        };
        let history = [deletion.clone(), deletion];
        let deleted = |times| Observed {
            events: (1..=times)
                .map(|seq| event(seq, "todo.task.deleted", json!({})))
                .collect(),
            ..Observed::default()
        };
        assert_eq!(check(&history, &deleted(2)), [] as [String; 0]);
        assert_eq!(check(&history, &deleted(1)).len(), 1);
        assert_eq!(check(&history, &deleted(0)).len(), 1);
    }
}
