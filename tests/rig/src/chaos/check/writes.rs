//! Every acknowledged write is there, once; one whose answer was lost at most once; one that was refused not at all.

use serde_json::Value;

use crate::chaos::{
    history::{Attempt, Outcome},
    observe::{Logged, Observed},
};

pub(super) fn check(history: &[Attempt], observed: &Observed) -> Vec<String> {
    history.iter().filter_map(|attempt| fault(attempt, observed)).collect()
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
        (Outcome::Unknown, Some(times)) if times > 1 => Some(format!("sent once, there {times} times: {attempt:?}")),
        (Outcome::Refused(_), Some(times)) if times > 0 => Some(format!("refused, there all the same: {attempt:?}")),
        (Outcome::Acknowledged(task), _) if task.is_object() => {
            let as_told = |event: &&&Logged| event.task.to_string() == task["id"] && event.version == task["version"];
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
        (Outcome::Acknowledged(_), _) => {
            let is_it = |event: &&Logged| event.kind == attempt.kind && event.task.to_string() == attempt.task;
            let is_there = happened.iter().any(is_it);
            (!is_there).then(|| format!("acknowledged, and not there: {attempt:?}"))
        }
        _ => None,
    }
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
