//! Every log is numbered without gaps, and what is shown is what it says.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use crate::chaos::observe::Observed;

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let (mut faults, mut last) = (Vec::new(), BTreeMap::new());
    let (mut tasks, mut inbox) = (Recorded::new(), Recorded::new());
    for event in &observed.events {
        let seq = last.entry(event.user).or_insert(0);
        if event.seq != *seq + 1 {
            faults.push(format!("{} goes from {seq} to {}", event.user, event.seq));
        }
        *seq = event.seq;
        tasks.insert((event.user, event.task.to_string()), &event.data["task"]);
        let notification = &event.data["notification"];
        if let Some(id) = notification["id"].as_str() {
            inbox.insert((event.user, id.to_owned()), notification);
        }
    }
    compare(&mut tasks, &observed.tasks, &mut faults);
    compare(&mut inbox, &observed.inbox, &mut faults);
    // One that was withdrawn is in no list.
    tasks.retain(|_, task| task["deleted_at"].is_null());
    let missing = tasks.values().chain(inbox.values());
    faults.extend(missing.map(|thing| format!("not shown: {thing}")));
    faults
}

/// What the log last said of each thing of each user.
type Recorded<'a> = BTreeMap<(Uuid, String), &'a Value>;

/// Takes out of `recorded` what is shown to its user, as it is shown.
fn compare(recorded: &mut Recorded<'_>, shown: &[(Uuid, Value)], faults: &mut Vec<String>) {
    for (user, thing) in shown {
        let id = thing["id"].as_str().unwrap_or_default();
        match recorded.remove(&(*user, id.to_owned())) {
            Some(recorded) if recorded == thing => {}
            recorded => faults.push(format!("{user} is shown {thing}, {recorded:?} recorded")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chaos::check::tests::event;

    fn observed(numbers: &[i64], title: &str) -> Observed {
        let task = |title: &str| json!({"id": Uuid::nil(), "title": title, "deleted_at": null});
        let of = |seq: &i64| event(*seq, "todo.task.updated", json!({"task": task("Feed the cat")}));
        Observed {
            events: numbers.iter().map(of).collect(),
            tasks: vec![(Uuid::nil(), task(title))],
            ..Observed::default()
        }
    }

    #[test]
    fn log_without_gaps_that_says_what_is_shown_is_right() {
        assert_eq!(check(&observed(&[1, 2, 3], "Feed the cat")), [] as [String; 0]);
    }

    #[test]
    fn gap_is_found() {
        assert_eq!(check(&observed(&[1, 3], "Feed the cat")).len(), 1);
    }

    #[test]
    fn task_that_is_shown_otherwise_or_not_at_all_is_found() {
        assert_eq!(check(&observed(&[1], "Feed the dog")).len(), 1);
        let mut hidden = observed(&[1], "Feed the cat");
        hidden.tasks.clear();
        assert_eq!(check(&hidden).len(), 1);
    }

    #[test]
    fn task_that_is_shown_to_another_is_found() {
        let mut foreign = observed(&[1], "Feed the cat");
        foreign.tasks[0].0 = Uuid::max();
        // And its own user does not see it.
        assert_eq!(check(&foreign).len(), 2);
    }

    #[test]
    fn inbox_that_is_not_as_it_was_recorded_is_found() {
        let notification = json!({"id": Uuid::nil(), "read_at": null});
        let mut read = observed(&[1, 2], "Feed the cat");
        read.events[1].data["notification"] = notification.clone();
        assert_eq!(check(&read).len(), 1);
        read.inbox = vec![(Uuid::nil(), notification)];
        assert_eq!(check(&read), [] as [String; 0]);
        read.inbox[0].1["read_at"] = json!("2026-11-23T12:00:00Z");
        assert_eq!(check(&read).len(), 1);
    }
}
