use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::chaos::{
    check::tests::{NOON, attempt, event},
    disturbed::Disturbed,
    history::{Outcome, kind},
    schedule::Disturbance,
};

fn noon() -> DateTime<Utc> {
    NOON.parse().unwrap()
}

/// What happens to a task with a reminder, which is in `state` then.
fn step(seq: i64, kind: &str, state: &str) -> Logged {
    let status = if kind == "todo.task.completed" {
        "completed"
    } else {
        "pending"
    };
    let reminder = json!({"id": Uuid::nil(), "at": NOON, "fire_at": NOON, "state": state});
    let task =
        json!({"id": Uuid::nil(), "status": status, "deleted_at": null, "series_id": null, "reminders": [reminder]});
    let data = json!({
        "task": task, "reminder_id": Uuid::nil(), "generation": seq, "remind_at": NOON, "fired_at": NOON,
        "notification": {"id": Uuid::nil()},
    });
    event(seq, kind, data)
}

/// The log of such a task, from its creation on.
fn log(steps: &[(&str, &str)]) -> Observed {
    let created = [(CREATED, "scheduled")];
    let steps = (1..).zip(created.iter().chain(steps));
    let events: Vec<_> = steps.map(|(seq, (kind, state))| step(seq, kind, state)).collect();
    let made = events.iter().filter(|event| event.kind == TOLD).count();
    let notification = Notified {
        user_id: Uuid::nil(),
        id: Uuid::nil(),
        reminder_id: Uuid::nil(),
        fired_at: noon(),
    };
    Observed {
        at: noon() + TimeDelta::seconds(1),
        tasks: vec![(Uuid::nil(), events.last().unwrap().data["task"].clone())],
        events,
        notifications: vec![notification; made],
        ..Observed::default()
    }
}

fn faults(observed: &Observed) -> usize {
    check(&[], observed).len()
}

const DONE: (&str, &str) = ("todo.task.completed", "cancelled");

#[test]
fn due_reminder_has_one_notification() {
    let mut observed = log(&[(DUE, "fired"), (TOLD, "delivered")]);
    assert_eq!(check(&[], &observed), [] as [String; 0]);
    observed.notifications.clear();
    assert_eq!(faults(&observed), 1);
    let mut twice = log(&[(DUE, "fired"), (TOLD, "delivered")]);
    twice.notifications.push(twice.notifications[0].clone());
    assert_eq!(faults(&twice), 1);
}

#[test]
fn one_that_is_called_off_as_its_task_is_done_needs_none() {
    assert_eq!(check(&[], &log(&[(DUE, "fired"), DONE])), [] as [String; 0]);
    assert_eq!(check(&[], &log(&[DONE])), [] as [String; 0]);
}

#[test]
fn later_completion_excuses_no_notification_that_was_lost() {
    let mut lost = log(&[
        (DUE, "fired"),
        (TOLD, "delivered"),
        ("todo.task.completed", "delivered"),
    ]);
    assert_eq!(check(&[], &lost), [] as [String; 0]);
    lost.notifications.clear();
    assert_eq!(faults(&lost), 1);
    let silent = log(&[(DUE, "fired"), ("todo.task.completed", "delivered")]);
    assert_ne!(faults(&silent), 0);
}

#[test]
fn reminder_of_an_open_task_that_is_called_off_or_delivered_without_firing_is_found() {
    assert_eq!(faults(&log(&[(UPDATED, "cancelled")])), 1);
    assert_eq!(faults(&log(&[(UPDATED, "delivered")])), 1);
}

#[test]
fn second_firing_that_nobody_asked_for_is_found() {
    let again = [
        (DUE, "fired"),
        (TOLD, "delivered"),
        (UPDATED, "scheduled"),
        (DUE, "fired"),
        (TOLD, "delivered"),
    ];
    let mut observed = log(&again);
    observed.events[5].data["notification"]["id"] = json!(Uuid::max());
    for (index, notified) in observed.notifications.iter_mut().enumerate() {
        notified.fired_at += TimeDelta::seconds(i64::try_from(index).unwrap());
        notified.id = [Uuid::nil(), Uuid::max()][index];
    }
    observed.events[4].data["fired_at"] = json!(noon() + TimeDelta::seconds(1));
    assert_eq!(faults(&observed), 1);
    let snooze = Attempt {
        task: Uuid::nil().to_string(),
        moment: Some(noon()),
        ..attempt(kind::SNOOZE, Outcome::Acknowledged(json!({})))
    };
    assert_eq!(check(&[snooze], &observed), [] as [String; 0]);
    assert_ne!(faults(&log(&[(DUE, "fired"), (TOLD, "delivered"), (DUE, "fired")])), 0);
}

#[test]
fn moment_that_is_not_the_one_asked_for_is_found() {
    let asked = |moment| Attempt {
        moment,
        mark: Some("Feed the cat".to_owned()),
        ..attempt(CREATED, Outcome::Unknown)
    };
    let mut observed = log(&[]);
    observed.at = noon();
    observed.events[0].data["task"]["title"] = json!("Feed the cat");
    assert_eq!(check(&[asked(Some(noon()))], &observed), [] as [String; 0]);
    assert_eq!(
        check(&[asked(Some(noon() + TimeDelta::milliseconds(250)))], &observed).len(),
        1
    );
    assert_eq!(check(&[asked(None)], &observed).len(), 1);
}

#[test]
fn reminder_that_fires_before_its_moment_or_for_another_is_found() {
    let mut early = log(&[(DUE, "fired"), (TOLD, "delivered")]);
    early.events[1].committed_at -= TimeDelta::milliseconds(1);
    assert_eq!(faults(&early), 1);
    let mut other = log(&[(DUE, "fired"), (TOLD, "delivered")]);
    other.events[1].data["remind_at"] = json!(noon() - TimeDelta::milliseconds(1));
    assert_eq!(faults(&other), 1);
}

#[test]
fn notification_of_nothing_or_that_nobody_is_told_of_is_found() {
    let mut of_nothing = log(&[(DUE, "fired"), (TOLD, "delivered")]);
    of_nothing.notifications[0].reminder_id = Uuid::max();
    // Nor has what was due the one it should have.
    assert_eq!(faults(&of_nothing), 2);
    let mut untold = log(&[(DUE, "fired"), (TOLD, "delivered")]);
    untold.notifications[0].id = Uuid::max();
    assert_eq!(faults(&untold), 1);
}

#[test]
fn reminder_whose_task_came_back_in_time_is_set_again_unless_the_clock_was_ahead() {
    let mut observed = log(&[DONE, (REOPENED, "cancelled")]);
    assert_eq!(check(&[], &observed), [] as [String; 0], "its moment was past");
    observed.events[2].committed_at -= TimeDelta::seconds(3);
    assert_eq!(faults(&observed), 1);
    let at = observed.events[2].committed_at;
    observed.disturbed.push(Disturbed {
        what: Disturbance::Jump(60, Duration::from_secs(1)),
        from: at - TimeDelta::seconds(1),
        to: at,
        is_hit: true,
    });
    observed.events[2].data["task"]["updated_at"] = json!(at);
    assert_eq!(faults(&observed), 1, "it was not ahead by then");
    observed.events[2].data["task"]["updated_at"] = json!(noon());
    assert_eq!(check(&[], &observed), [] as [String; 0]);
}

#[test]
fn reminder_of_an_open_task_that_never_comes_to_its_end_is_found() {
    assert_eq!(faults(&log(&[])), 1);
    let mut in_time = log(&[]);
    in_time.at = noon();
    assert_eq!(check(&[], &in_time), [] as [String; 0]);
    // It is without its notification, too.
    assert_eq!(faults(&log(&[(DUE, "fired")])), 2);
}
