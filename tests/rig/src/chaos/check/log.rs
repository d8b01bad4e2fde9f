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
