//! Every log is numbered without gaps, and what is shown is what it says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::chaos::observe::Observed;

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let (mut faults, mut last) = (Vec::new(), BTreeMap::new());
    let mut tasks: BTreeMap<String, &Value> = BTreeMap::new();
    for event in &observed.events {
        let seq = last.entry(event.user).or_insert(0);
        if event.seq != *seq + 1 {
            faults.push(format!("{} goes from {seq} to {}", event.user, event.seq));
        }
        *seq = event.seq;
        tasks.insert(event.task.to_string(), &event.data["task"]);
    }
    for shown in &observed.tasks {
        let id = shown["id"].as_str().unwrap_or_default();
        match tasks.remove(id) {
            Some(recorded) if recorded == shown => {}
            recorded => faults.push(format!("{shown} is shown, {recorded:?} recorded")),
        }
    }
    // One that was withdrawn is in no list.
    tasks.retain(|_, task| task["deleted_at"].is_null());
    faults.extend(tasks.values().map(|task| format!("not shown: {task}")));
    faults
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::chaos::check::tests::event;

    fn observed(numbers: &[i64], title: &str) -> Observed {
        let task = |title: &str| json!({"id": Uuid::nil(), "title": title, "deleted_at": null});
        let of = |seq: &i64| event(*seq, "todo.task.updated", json!({"task": task("Feed the cat")}));
        Observed {
            events: numbers.iter().map(of).collect(),
            tasks: vec![task(title)],
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
}
