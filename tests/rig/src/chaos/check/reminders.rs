//! Every due reminder has exactly one notification, none before its moment.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::chaos::observe::{Logged, Notified, Observed};

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let mut faults = Vec::new();
    let due: Vec<_> = of_kind(observed, "todo.reminder.due").collect();
    for (index, event) in due.iter().enumerate() {
        if event.committed_at < moment(&event.data, "remind_at") {
            faults.push(format!(
                "fired before its moment, at {}: {}",
                event.committed_at, event.data
            ));
        }
        let is_same = |other: &&Logged| {
            ["reminder_id", "generation"]
                .iter()
                .all(|member| other.data[*member] == event.data[*member])
        };
        if due[..index].iter().any(is_same) {
            faults.push(format!("fired twice: {}", event.data));
        }
        match notified(observed, event) {
            1 => {}
            0 if was_declined(observed, event) => {}
            times => faults.push(format!("notified {times} times: {}", event.data)),
        }
    }
    if observed.notifications.len() != observed.listed_notifications {
        faults.push(format!(
            "{} notifications, {} listed",
            observed.notifications.len(),
            observed.listed_notifications
        ));
    }
    for notified in &observed.notifications {
        let told = of_kind(observed, "todo.notification.created");
        let times = told
            .filter(|event| event.data["notification"]["id"] == notified.id.to_string())
            .count();
        if times != 1 {
            faults.push(format!("notification told of {times} times: {notified:?}"));
        }
        let is_due = due
            .iter()
            .any(|event| is_of(event, notified.reminder_id, notified.fired_at));
        if !is_due {
            faults.push(format!("nothing was due: {notified:?}"));
        }
    }
    faults.extend(unfinished(observed));
    faults
}

fn of_kind<'a>(observed: &'a Observed, kind: &'a str) -> impl Iterator<Item = &'a Logged> {
    observed.events.iter().filter(move |event| event.kind == kind)
}

fn notified(observed: &Observed, due: &Logged) -> usize {
    let is_its = |notified: &&Notified| is_of(due, notified.reminder_id, notified.fired_at);
    observed.notifications.iter().filter(is_its).count()
}

fn is_of(due: &Logged, reminder: Uuid, fired_at: DateTime<Utc>) -> bool {
    due.data["reminder_id"] == reminder.to_string() && moment(&due.data, "fired_at") == fired_at
}

/// Whether its task was done or gone before its notification came to be made.
fn was_declined(observed: &Observed, due: &Logged) -> bool {
    observed.events.iter().any(|event| {
        let is_later = event.user == due.user && event.task == due.task && event.seq > due.seq;
        is_later && ["todo.task.completed", "todo.task.deleted"].contains(&event.kind.as_str())
    })
}

/// Reminders of pending tasks that have not come to their end.
fn unfinished(observed: &Observed) -> Vec<String> {
    let mut faults = Vec::new();
    for task in &observed.tasks {
        let is_pending = task["status"] == "pending" && task["deleted_at"].is_null();
        for reminder in task["reminders"].as_array().into_iter().flatten() {
            let is_missing =
                is_pending && reminder["state"] == "scheduled" && moment(reminder, "fire_at") < observed.at;
            if is_missing || reminder["state"] == "fired" {
                faults.push(format!("never came to its end: {task}"));
            }
        }
    }
    faults
}

fn moment(object: &Value, member: &str) -> DateTime<Utc> {
    let text = object[member].as_str().unwrap_or_default();
    text.parse().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chaos::check::tests::{NOON, event};

    fn due(seq: i64, generation: u32) -> Logged {
        let data = json!({"reminder_id": Uuid::nil(), "generation": generation, "remind_at": NOON, "fired_at": NOON});
        event(seq, "todo.reminder.due", data)
    }

    fn told(seq: i64) -> Logged {
        event(
            seq,
            "todo.notification.created",
            json!({"notification": {"id": Uuid::nil()}}),
        )
    }

    fn observed(events: Vec<Logged>, notifications: usize) -> Observed {
        let notification = Notified {
            id: Uuid::nil(),
            reminder_id: Uuid::nil(),
            fired_at: NOON.parse().unwrap(),
        };
        Observed {
            events,
            notifications: vec![notification; notifications],
            listed_notifications: notifications,
            ..Observed::default()
        }
    }

    #[test]
    fn due_reminder_has_one_notification() {
        assert_eq!(check(&observed(vec![due(1, 1), told(2)], 1)), [] as [String; 0]);
        assert_eq!(check(&observed(vec![due(1, 1)], 0)).len(), 1);
        assert!(!check(&observed(vec![due(1, 1), told(2)], 2)).is_empty());
    }

    #[test]
    fn one_whose_task_is_done_first_needs_none() {
        let done = event(2, "todo.task.completed", json!({}));
        assert_eq!(check(&observed(vec![due(1, 1), done], 0)), [] as [String; 0]);
    }

    #[test]
    fn notification_of_nothing_or_that_nobody_is_told_of_is_found() {
        assert_eq!(check(&observed(vec![told(1)], 1)).len(), 1);
        assert_eq!(check(&observed(vec![due(1, 1)], 1)).len(), 1);
    }

    #[test]
    fn reminder_that_fires_before_its_moment_or_twice_is_found() {
        let mut early = due(1, 1);
        early.committed_at -= chrono::TimeDelta::milliseconds(1);
        assert_eq!(check(&observed(vec![early, told(2)], 1)).len(), 1);
        assert!(!check(&observed(vec![due(1, 1), due(2, 1), told(3)], 1)).is_empty());
    }

    #[test]
    fn reminder_of_a_pending_task_that_never_fires_is_found() {
        let reminder = json!({"state": "scheduled", "fire_at": NOON});
        let mut forgotten = Observed {
            tasks: vec![json!({"status": "pending", "deleted_at": null, "reminders": [reminder]})],
            at: NOON.parse().unwrap(),
            ..Observed::default()
        };
        assert_eq!(check(&forgotten), [] as [String; 0]);
        forgotten.at += chrono::TimeDelta::milliseconds(1);
        assert_eq!(check(&forgotten).len(), 1);
    }
}
