//! Every completion has exactly one next occurrence, and nothing else has one.

use serde_json::Value;

use crate::chaos::observe::{Logged, Observed};

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let repeating = || {
        observed
            .tasks
            .iter()
            .map(|(_, task)| task)
            .filter(|task| !task["series_id"].is_null())
    };
    let mut faults = Vec::new();
    for task in repeating() {
        let following = |next: &&Value| {
            next["series_id"] == task["series_id"]
                && next["occurrence"].as_u64() == task["occurrence"].as_u64().map(|n| n + 1)
        };
        let count = repeating().filter(following).count();
        let is_done = task["status"] == "completed" && task["deleted_at"].is_null();
        let was_done = is_done || observed.events.iter().any(|event| is_completion(event, task));
        if (is_done && count != 1) || count > usize::from(was_done) {
            faults.push(format!("{count} follow {task}"));
        }
    }
    faults
}

fn is_completion(event: &Logged, task: &Value) -> bool {
    event.kind == "todo.task.completed" && task["id"] == event.task.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::chaos::check::tests::event;

    fn series(occurrences: &[(u64, &str)]) -> Observed {
        let task = |(occurrence, status): &(u64, &str)| json!({"series_id": "s", "occurrence": occurrence, "status": status, "deleted_at": null});
        Observed {
            tasks: occurrences.iter().map(|known| (Uuid::nil(), task(known))).collect(),
            ..Observed::default()
        }
    }

    #[test]
    fn each_completed_occurrence_is_followed_by_one() {
        assert_eq!(check(&series(&[(1, "completed"), (2, "pending")])), [] as [String; 0]);
        assert_eq!(check(&series(&[(1, "completed")])).len(), 1);
        assert_eq!(
            check(&series(&[(1, "completed"), (2, "pending"), (2, "pending")])).len(),
            1
        );
        assert_eq!(
            check(&series(&[(1, "pending"), (2, "pending"), (2, "pending")])).len(),
            1
        );
    }

    #[test]
    fn occurrence_that_follows_what_was_never_completed_is_found() {
        let mut observed = series(&[(1, "pending"), (2, "pending")]);
        assert_eq!(check(&observed).len(), 1);
        observed.tasks[0].1["id"] = json!(Uuid::nil());
        observed.events = vec![event(1, "todo.task.completed", json!({}))];
        assert_eq!(check(&observed), [] as [String; 0], "it was reopened");
    }
}
