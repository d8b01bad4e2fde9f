//! What was given up is among the dead letters, and these have a cause: something kept their function from taking them. A
//! round has no event that can never be taken.

use chrono::TimeDelta;

use crate::{
    chaos::observe::{Awaited, Logged, Observed},
    topics::Record,
};

/// What a function could not take for so long is a dead letter: the dispatcher's pauses, and as many answers.
const TRIED_FOR: TimeDelta = TimeDelta::seconds(15);

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let mut faults: Vec<_> = observed
        .given_up
        .iter()
        .filter_map(|awaited| given_up(awaited, observed))
        .collect();
    faults.extend(
        observed
            .dead_letters
            .iter()
            .filter_map(|letter| fault(letter, observed)),
    );
    faults
}

/// What is wrong with it that this was given up.
fn given_up(awaited: &Awaited, observed: &Observed) -> Option<String> {
    let Some(event) = event_of(awaited, observed) else {
        return Some(format!("{awaited:?} is awaited, and no event says so"));
    };
    let id = event.id.to_string();
    let is_its = |letter: &&Record| letter.topic == dead_letters_of(event) && letter.headers.get("ce_id") == Some(&id);
    if observed.dead_letters.iter().any(|letter| is_its(&letter)) {
        return None;
    }
    // Two things have to come together: its function could not take it, and the letter could not be kept.
    let mut later = observed
        .disturbed
        .iter()
        .filter(|disturbed| disturbed.is_felt_between(event.committed_at, observed.at));
    let is_lost = later.clone().any(|disturbed| disturbed.loses_letters());
    let is_missed = later.any(|disturbed| disturbed.keeps_from_taking(function_of(event)));
    let is_explained = is_lost && is_missed;
    (!is_explained).then(|| format!("{} {id} is given up, and no dead letter says so", event.kind))
}

/// What is wrong with a letter.
fn fault(letter: &Record, observed: &Observed) -> Option<String> {
    let id = letter.headers.get("ce_id");
    let event = observed.events.iter().find(|event| Some(&event.id.to_string()) == id);
    let Some(event) = event.filter(|event| letter.topic == dead_letters_of(event)) else {
        return Some(format!("a dead letter of what its function is never sent: {letter:?}"));
    };
    if !letter.headers.contains_key("ce_knativeerrordest") {
        return Some(format!("a dead letter that does not say whose: {letter:?}"));
    }
    let code = letter.headers.get("ce_knativeerrorcode");
    if code.is_some_and(|code| code.parse::<u16>().is_ok_and(|code| code < 500)) {
        return Some(format!(
            "refused for good, and there is nothing wrong with it: {letter:?}"
        ));
    }
    let is_explained = observed.disturbed.iter().any(|disturbed| {
        disturbed.keeps_from_taking(function_of(event)) && disturbed.is_felt_between(letter.at - TRIED_FOR, letter.at)
    });
    (!is_explained).then(|| format!("a dead letter, though nothing kept its function from taking it: {letter:?}"))
}

/// The event that was to do what is awaited.
fn event_of<'a>(awaited: &Awaited, observed: &'a Observed) -> Option<&'a Logged> {
    let mut events = observed.events.iter().rev();
    events.find(|event| match awaited {
        Awaited::Notification(reminder) => {
            event.kind == "todo.reminder.due" && event.data["reminder_id"] == reminder.to_string()
        }
        Awaited::Successor(task) => event.kind == "todo.task.completed" && event.task == *task,
    })
}

fn function_of(event: &Logged) -> &'static str {
    if event.kind == "todo.reminder.due" {
        "on-reminder-due"
    } else {
        "on-task-completed"
    }
}

fn dead_letters_of(event: &Logged) -> String {
    kafka::topics::dead_letters_of(function_of(event))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use chrono::{DateTime, Utc};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{
        chaos::{
            check::tests::{NOON, event},
            disturbed::Disturbed,
            schedule::Disturbance,
        },
        cluster::Part,
    };

    fn noon() -> DateTime<Utc> {
        NOON.parse().unwrap()
    }

    fn letter(code: &str) -> Record {
        let headers = [
            ("ce_id", Uuid::from_u128(1).to_string()),
            ("ce_knativeerrordest", "http://on-reminder-due/".to_owned()),
            ("ce_knativeerrorcode", code.to_owned()),
        ];
        Record {
            topic: "on-reminder-due.dead-letter".to_owned(),
            partition: 0,
            at: noon() + TimeDelta::seconds(20),
            key: Uuid::nil().to_string(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            value: String::new(),
        }
    }

    fn killed(part: Part, second: i64) -> Disturbed {
        Disturbed {
            what: Disturbance::Kill(part, Duration::from_secs(1)),
            from: noon() + TimeDelta::seconds(second),
            to: noon() + TimeDelta::seconds(second + 1),
            is_hit: true,
        }
    }

    fn observed(letters: Vec<Record>, disturbed: Vec<Disturbed>) -> Observed {
        Observed {
            at: noon() + TimeDelta::seconds(60),
            events: vec![event(1, "todo.reminder.due", json!({"reminder_id": Uuid::nil()}))],
            given_up: vec![Awaited::Notification(Uuid::nil())],
            dead_letters: letters,
            disturbed,
            ..Observed::default()
        }
    }

    const AWAY: Part = Part::Function("on-reminder-due");

    #[test]
    fn what_is_given_up_has_a_dead_letter_with_a_cause() {
        assert_eq!(
            check(&observed(vec![letter("503")], vec![killed(AWAY, 10)])),
            [] as [String; 0]
        );
        assert_eq!(check(&observed(vec![], vec![killed(AWAY, 10)])).len(), 1);
        assert_eq!(check(&observed(vec![letter("503")], vec![])).len(), 1);
        assert_eq!(check(&observed(vec![letter("503")], vec![killed(AWAY, 40)])).len(), 1);
        let before = observed(vec![letter("503")], vec![killed(AWAY, -30)]);
        assert_eq!(check(&before).len(), 1, "it was back for long");
        let other = killed(Part::Function("on-task-completed"), 10);
        assert_eq!(check(&observed(vec![letter("503")], vec![other])).len(), 1);
    }

    #[test]
    fn what_is_refused_for_good_is_found_whatever_was_disturbed() {
        assert_eq!(check(&observed(vec![letter("422")], vec![killed(AWAY, 10)])).len(), 1);
    }

    #[test]
    fn letter_is_lost_only_where_both_its_function_and_what_keeps_it_were_away() {
        let (lost, missed) = (killed(Part::Receiver, 10), killed(AWAY, 10));
        assert_eq!(
            check(&observed(vec![], vec![lost.clone(), missed.clone()])),
            [] as [String; 0]
        );
        assert_eq!(check(&observed(vec![], vec![lost, killed(AWAY, -30)])).len(), 1);
        assert_eq!(
            check(&observed(vec![], vec![killed(Part::Kafka, -30), missed])).len(),
            1
        );
    }

    #[test]
    fn letter_of_another_event_or_without_an_owner_is_found() {
        let mut nameless = letter("503");
        nameless.headers.remove("ce_knativeerrordest");
        assert_eq!(check(&observed(vec![nameless], vec![killed(AWAY, 10)])).len(), 1);
        let mut foreign = letter("503");
        foreign.headers = BTreeMap::from([("ce_id".to_owned(), Uuid::max().to_string())]);
        // It explains nothing, either.
        assert_eq!(check(&observed(vec![foreign], vec![killed(AWAY, 10)])).len(), 2);
    }
}
