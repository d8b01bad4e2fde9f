//! What somebody knows of their own tasks and notifications: enough never to ask for what would rightly be refused.

use std::collections::BTreeSet;

use events::EventType;
use serde_json::Value;

use super::requests::Request;
use crate::chaos::history::{Outcome, kind};

/// What somebody knows.
#[derive(Debug, Default)]
pub(super) struct Knowledge {
    /// Their tasks, as they were last told of them.
    pub(super) tasks: Vec<Value>,
    /// Their notifications, as they were last told of them.
    pub(super) inbox: Vec<Value>,
    /// Tasks and series of which they know no more how things stand, as an answer was lost: what they asked for may happen
    /// yet. They leave these alone.
    uncertain: BTreeSet<String>,
    /// Series of which an occurrence was reopened, so that a later one may stand that they do not know.
    reopened: BTreeSet<String>,
}

impl Knowledge {
    /// Notes what came of `request`; the ids of the tasks that they were told of.
    pub(super) fn learn(&mut self, request: &Request, outcome: &Outcome) -> Vec<String> {
        match outcome {
            Outcome::Acknowledged(answer) => return self.be_told(request, answer),
            Outcome::Refused(_) if request.kind == kind::STRANGE => {}
            _ if is_reading(request.kind) => {}
            _ => self.lose_sight_of(&request.task),
        }
        Vec::new()
    }

    /// Whether `task` may be moved to its next date: it is the latest occurrence of its series for certain.
    pub(super) fn may_skip(&self, task: &Value) -> bool {
        let is_later = |other: &&Value| {
            other["series_id"] == task["series_id"] && other["occurrence"].as_u64() > task["occurrence"].as_u64()
        };
        let is_latest = !self.tasks.iter().any(|other| is_later(&other));
        is_latest && !is_completed(task) && !self.reopened.contains(text(task, "series_id"))
    }

    /// Whether its reminder may be set anew: it is there, open, and no rule moves its reminders.
    pub(super) fn may_snooze(&self, task: &str) -> bool {
        let mut tasks = self.tasks.iter().filter(|known| known["id"] == *task);
        tasks.any(|task| task["series_id"].is_null() && !is_completed(task) && !is_deleted(task))
    }

    fn be_told(&mut self, request: &Request, answer: &Value) -> Vec<String> {
        match request.kind {
            kind::LIST => items(answer).filter_map(|task| self.see(task)).collect(),
            kind::INBOX => {
                self.inbox = items(answer).cloned().collect();
                Vec::new()
            }
            _ if answer["version"].is_u64() => {
                if request.kind == EventType::TaskReopened.as_str() && !answer["series_id"].is_null() {
                    self.reopen(answer);
                }
                self.see(answer).into_iter().collect()
            }
            _ if request.kind == EventType::TaskDeleted.as_str() => {
                for known in self.tasks.iter_mut().filter(|known| known["id"] == *request.task) {
                    known["deleted_at"] = "now".into();
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Sees a task as it is now; its id, where that is news.
    fn see(&mut self, task: &Value) -> Option<String> {
        let is_uncertain = ["id", "series_id"]
            .iter()
            .any(|member| self.uncertain.contains(text(task, member)));
        if is_uncertain {
            return None;
        }
        let count = self.tasks.len();
        self.tasks.retain(|known| known["id"] != task["id"]);
        let is_new = self.tasks.len() == count;
        self.tasks.push(task.clone());
        is_new.then(|| text(task, "id").to_owned())
    }

    /// What follows an occurrence that was reopened goes, unless somebody has changed it: the next list tells.
    fn reopen(&mut self, task: &Value) {
        self.reopened.insert(text(task, "series_id").to_owned());
        self.tasks.retain(|known| {
            let is_later = known["occurrence"].as_u64() > task["occurrence"].as_u64();
            known["series_id"] != task["series_id"] || !is_later
        });
    }

    fn lose_sight_of(&mut self, task: &str) {
        let known = self.tasks.iter().find(|known| known["id"] == *task);
        let series = known.map(|known| text(known, "series_id").to_owned());
        let lost = series.into_iter().chain([task.to_owned()]).filter(|id| !id.is_empty());
        let lost: BTreeSet<_> = lost.collect();
        self.tasks
            .retain(|known| !lost.contains(text(known, "id")) && !lost.contains(text(known, "series_id")));
        self.uncertain.extend(lost);
    }
}

fn is_reading(asked: &str) -> bool {
    [
        kind::READ,
        kind::LIST,
        kind::HISTORY,
        kind::INBOX,
        kind::PREVIEW,
        kind::CHANGES,
    ]
    .contains(&asked)
}

fn items(page: &Value) -> impl Iterator<Item = &Value> {
    page["items"].as_array().into_iter().flatten()
}

pub(super) fn is_completed(task: &Value) -> bool {
    task["status"] == "completed"
}

pub(super) fn is_deleted(task: &Value) -> bool {
    !task["deleted_at"].is_null()
}

pub(super) fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use reqwest::Method;
    use serde_json::json;

    use super::*;

    fn task(id: &str, occurrence: u64) -> Value {
        json!({"id": id, "version": 1, "series_id": "s", "occurrence": occurrence, "status": "pending", "deleted_at": null})
    }

    fn request(kind: &'static str, task: &str) -> Request {
        Request {
            method: Method::POST,
            path: String::new(),
            body: None,
            kind,
            task: task.to_owned(),
            mark: None,
            moment: None,
        }
    }

    fn knows(occurrences: &[u64]) -> Knowledge {
        let mut known = Knowledge::default();
        let items: Vec<_> = occurrences
            .iter()
            .map(|number| task(&format!("t{number}"), *number))
            .collect();
        known.learn(
            &request(kind::LIST, ""),
            &Outcome::Acknowledged(json!({"items": items})),
        );
        known
    }

    #[test]
    fn later_occurrence_is_met_in_a_list_and_is_the_only_one_that_is_skipped() {
        let known = knows(&[1, 2]);
        assert_eq!(known.tasks.len(), 2);
        assert!(!known.may_skip(&known.tasks[0]));
        assert!(known.may_skip(&known.tasks[1]));
    }

    #[test]
    fn what_an_answer_was_lost_of_is_left_alone_with_its_whole_series() {
        let mut known = knows(&[1, 2]);
        known.learn(&request("todo.task.completed", "t1"), &Outcome::Unknown);
        assert_eq!(known.tasks, [] as [Value; 0]);
        known.learn(
            &request(kind::LIST, ""),
            &Outcome::Acknowledged(json!({"items": [task("t2", 2)]})),
        );
        assert_eq!(known.tasks, [] as [Value; 0]);
    }

    #[test]
    fn what_follows_a_reopened_occurrence_is_not_known_any_more() {
        let mut known = knows(&[1, 2]);
        known.learn(
            &request("todo.task.reopened", "t1"),
            &Outcome::Acknowledged(task("t1", 1)),
        );
        assert_eq!(known.tasks.len(), 1);
        assert!(!known.may_skip(&known.tasks[0]));
    }
}
