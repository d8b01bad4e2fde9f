//! Who follows their log from its beginning is told of each event once, in its order, and of nothing else.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::chaos::{
    follower::Followed,
    observe::{Logged, Observed},
};

pub(super) fn check(observed: &Observed) -> Vec<String> {
    observed
        .followed
        .iter()
        .filter_map(|followed| fault(followed, observed))
        .collect()
}

/// The first thing that was told otherwise than it was recorded; whatever follows it may be its consequence.
fn fault(followed: &Followed, observed: &Observed) -> Option<String> {
    let recorded: BTreeMap<_, _> = observed
        .events
        .iter()
        .filter(|event| event.user == followed.user)
        .map(|event| (event.seq, event))
        .collect();
    let mut told = followed.events.iter();
    for (seq, event) in &recorded {
        match told.next() {
            Some(told) if is_as(told, event) => {}
            Some(told) => return Some(format!("where {} {seq} is due, its user is told {told}", followed.user)),
            None => {
                let count = followed.events.len();
                let last = recorded.len();
                return Some(format!("{} is told of {count} events and not of {last}", followed.user));
            }
        }
    }
    let more = told.next()?;
    Some(format!("{} is told more than there is: {more}", followed.user))
}

fn is_as(told: &Value, event: &Logged) -> bool {
    told["id"] == event.id.to_string()
        && told["type"] == event.kind
        && told["partitionkey"] == event.user.to_string()
        && told["sequence"].as_str().and_then(|sequence| sequence.parse().ok()) == Some(event.seq)
        && told["data"] == event.data
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::chaos::check::tests::event;

    fn told(seq: i64) -> Value {
        let event = event(seq, "todo.task.created", json!({}));
        let sequence = format!("{seq:020}");
        json!({"id": event.id, "type": event.kind, "partitionkey": event.user, "sequence": sequence, "data": {}})
    }

    fn observed(told_of: &[i64]) -> Observed {
        Observed {
            events: (1..=3).map(|seq| event(seq, "todo.task.created", json!({}))).collect(),
            followed: vec![Followed {
                user: Uuid::nil(),
                events: told_of.iter().map(|seq| told(*seq)).collect(),
                cuts: 0,
            }],
            ..Observed::default()
        }
    }

    #[test]
    fn each_event_is_told_once_in_its_order() {
        assert_eq!(check(&observed(&[1, 2, 3])), [] as [String; 0]);
        for wrong in [&[1, 2][..], &[1, 2, 2, 3], &[1, 3, 2], &[1, 3], &[1, 2, 3, 4], &[]] {
            assert_eq!(check(&observed(wrong)).len(), 1, "{wrong:?}");
        }
    }

    #[test]
    fn event_that_is_anothers_or_says_something_else_is_found() {
        let mut foreign = observed(&[1, 2, 3]);
        foreign.followed[0].events[1]["partitionkey"] = json!(Uuid::max());
        assert_eq!(check(&foreign).len(), 1);
        let mut other = observed(&[1, 2, 3]);
        other.followed[0].events[2]["data"] = json!({"task": null});
        assert_eq!(check(&other).len(), 1);
    }
}
