//! Nobody is shown, or may touch, what is another's.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use crate::chaos::{
    history::{Attempt, Outcome, kind},
    observe::Observed,
};

pub(super) fn check(history: &[Attempt], observed: &Observed) -> Vec<String> {
    let owners: BTreeMap<_, _> = observed
        .events
        .iter()
        .map(|event| (event.task.to_string(), event.user))
        .collect();
    let is_anothers = |user: Uuid, thing: &&Value| {
        let owner = ["task_id", "id"]
            .iter()
            .find_map(|member| owners.get(thing[*member].as_str()?));
        owner.is_some_and(|owner| *owner != user)
    };
    let mut faults = Vec::new();
    for attempt in history {
        if attempt.kind == kind::STRANGE && !matches!(attempt.outcome, Outcome::Refused(404) | Outcome::Unknown) {
            faults.push(format!("what is another's is not as if it were not there: {attempt:?}"));
        }
        let shown = attempt.answer().into_iter().flat_map(things);
        let foreign = shown.filter(|thing| is_anothers(attempt.user, thing));
        faults.extend(foreign.map(|thing| format!("{} is told of what is another's: {thing}", attempt.user)));
    }
    for (user, thing) in observed.tasks.iter().chain(&observed.inbox) {
        if is_anothers(*user, &thing) {
            faults.push(format!("{user} is shown what is another's: {thing}"));
        }
    }
    faults
}

/// What an answer shows: the items of a list, or itself.
fn things(answer: &Value) -> Vec<&Value> {
    match answer["items"].as_array() {
        Some(items) => items.iter().collect(),
        None => vec![answer],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chaos::check::tests::{attempt, event};

    fn observed() -> Observed {
        Observed {
            events: vec![event(1, "todo.task.created", json!({}))],
            ..Observed::default()
        }
    }

    fn asks(user: Uuid, kind: &'static str, outcome: Outcome) -> Vec<String> {
        let attempt = Attempt {
            user,
            ..attempt(kind, outcome)
        };
        check(&[attempt], &observed())
    }

    #[test]
    fn strangers_task_is_as_if_it_were_not_there() {
        assert_eq!(
            asks(Uuid::max(), kind::STRANGE, Outcome::Refused(404)),
            [] as [String; 0]
        );
        assert_eq!(asks(Uuid::max(), kind::STRANGE, Outcome::Refused(403)).len(), 1);
        assert_eq!(
            asks(Uuid::max(), kind::STRANGE, Outcome::Acknowledged(Value::Null)).len(),
            1
        );
    }

    #[test]
    fn anothers_task_in_a_list_or_an_inbox_is_found() {
        let task = json!({"id": Uuid::nil()});
        let list = Outcome::Acknowledged(json!({"items": [task]}));
        assert_eq!(asks(Uuid::nil(), kind::LIST, list.clone()), [] as [String; 0]);
        assert_eq!(asks(Uuid::max(), kind::LIST, list).len(), 1);
        let inbox = Observed {
            inbox: vec![(Uuid::max(), json!({"id": "n", "task_id": Uuid::nil()}))],
            ..observed()
        };
        assert_eq!(check(&[], &inbox).len(), 1);
    }
}
