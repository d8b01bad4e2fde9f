//! What people ask for.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use events::EventType;
use reqwest::Method;
use runtime::Clock;
use serde_json::{Value, json};

use super::{
    Person,
    knowledge::{is_completed, is_deleted, text},
};
use crate::chaos::history::kind;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) kind: &'static str,
    pub(super) task: String,
    pub(super) mark: Option<String>,
    pub(super) moment: Option<DateTime<Utc>>,
}

/// What every preview asks for; its answer is always the same.
const PREVIEW: [(&str, &str); 3] = [
    ("due_date", "2030-12-02T09:00"),
    ("time_zone", "Europe/Berlin"),
    ("recurrence_rule", "FREQ=WEEKLY;BYDAY=MO"),
];

impl Request {
    fn new(method: Method, path: impl Into<String>, kind: &'static str, task: &str) -> Self {
        Self {
            method,
            path: path.into(),
            body: None,
            kind,
            task: task.to_owned(),
            mark: None,
            moment: None,
        }
    }

    fn get(path: &str, kind: &'static str) -> Self {
        Self::new(Method::GET, path, kind, "")
    }

    /// Something done to `task`.
    fn of(method: Method, task: &str, below: &str, kind: &'static str) -> Self {
        Self::new(method, format!("/v1/tasks/{task}{below}"), kind, task)
    }

    fn preview() -> Self {
        Self {
            body: Some(
                PREVIEW
                    .map(|(name, value)| (name.to_owned(), json!(value)))
                    .into_iter()
                    .collect(),
            ),
            ..Self::new(Method::POST, "/v1/recurrences/preview", kind::PREVIEW, "")
        }
    }
}

/// A request to every function, after a task was created.
pub(super) fn of_everybody(task: &str) -> Vec<Request> {
    let post = |below, kind: EventType| Request::of(Method::POST, task, below, kind.as_str());
    vec![
        Request::get("/v1/tasks?status=all&limit=200", kind::LIST),
        Request::of(Method::GET, task, "", kind::READ),
        Request::of(Method::GET, task, "/events", kind::HISTORY),
        Request {
            body: Some(json!({"priority": "high"})),
            ..Request::of(Method::PATCH, task, "", EventType::TaskUpdated.as_str())
        },
        post("/complete", EventType::TaskCompleted),
        post("/reopen", EventType::TaskReopened),
        Request::of(Method::DELETE, task, "", EventType::TaskDeleted.as_str()),
        post("/restore", EventType::TaskRestored),
        Request::preview(),
        Request::get("/v1/notifications?limit=200", kind::INBOX),
        Request::get("/v1/changes?limit=200", kind::CHANGES),
    ]
}

impl Person {
    /// What they ask for next.
    pub(super) fn next(&mut self) -> Request {
        self.requests += 1;
        let asked = match self.random.u8(0..100) {
            0..=6 => Some(Request::get("/v1/tasks?status=all&limit=200", kind::LIST)),
            7..=11 => Some(Request::get("/v1/notifications?limit=200", kind::INBOX)),
            12 | 13 => Some(Request::preview()),
            14..=17 => self.ask_for_what_is_anothers(),
            18..=25 => self.take_notice(),
            26..=60 => self.of_a_task(),
            _ => None,
        };
        asked.unwrap_or_else(|| self.create())
    }

    /// Something done to a task they know.
    fn of_a_task(&mut self) -> Option<Request> {
        let task = self.random.choice(&self.known.tasks)?.clone();
        let (id, is_series) = (text(&task, "id"), !task["series_id"].is_null());
        let post = |below, kind: EventType| Request::of(Method::POST, id, below, kind.as_str());
        if is_deleted(&task) {
            return Some(post("/restore", EventType::TaskRestored));
        }
        Some(match self.random.u8(0..10) {
            0..=3 if is_completed(&task) => post("/reopen", EventType::TaskReopened),
            0..=3 => post("/complete", EventType::TaskCompleted),
            4 => Request::of(Method::GET, id, "", kind::READ),
            // What repeats is left to go on.
            5 if !is_series => Request::of(Method::DELETE, id, "", EventType::TaskDeleted.as_str()),
            5 if self.known.may_skip(&task) => Request::of(Method::POST, id, "/skip", kind::SKIP),
            _ => {
                let mark = self.mark();
                Request {
                    body: Some(json!({"description": mark})),
                    mark: Some(mark),
                    ..Request::of(Method::PATCH, id, "?scope=this", EventType::TaskUpdated.as_str())
                }
            }
        })
    }

    /// Reads a notification, or wants to be reminded again.
    fn take_notice(&mut self) -> Option<Request> {
        let notification = self.random.choice(&self.known.inbox)?.clone();
        let (id, task) = (text(&notification, "id"), text(&notification, "task_id"));
        let about =
            |below: &str, kind| Request::new(Method::POST, format!("/v1/notifications/{id}/{below}"), kind, task);
        if self.known.may_snooze(task) && self.random.bool() {
            let moment = self.moment();
            return Some(Request {
                body: Some(json!({"until": written(moment)})),
                moment: Some(moment),
                ..about("snooze", kind::SNOOZE)
            });
        }
        Some(about("read", EventType::NotificationRead.as_str()))
    }

    fn ask_for_what_is_anothers(&mut self) -> Option<Request> {
        let others: Vec<_> = self
            .board()
            .iter()
            .filter(|(user, _)| *user != self.user)
            .cloned()
            .collect();
        let (_, task) = self.random.choice(others)?;
        let (method, below) = match self.random.u8(0..4) {
            0 => (Method::DELETE, ""),
            1 => (Method::POST, "/complete"),
            _ => (Method::GET, ""),
        };
        Some(Request::of(method, &task, below, kind::STRANGE))
    }

    fn create(&mut self) -> Request {
        let mut request = self.create_plain();
        let body = request.body.get_or_insert_default();
        if self.random.u8(0..10) < 4 {
            let date = Clock::system().now().date_naive() + TimeDelta::days(2);
            body["due_date"] = date.to_string().into();
            body["recurrence_rule"] = "FREQ=DAILY".into();
        }
        if self.random.bool() {
            let moment = self.moment();
            body["remind_at"] = written(moment).into();
            request.moment = Some(moment);
        }
        request
    }

    /// A task with nothing but a title.
    pub(super) fn create_plain(&self) -> Request {
        let mark = self.mark();
        Request {
            body: Some(json!({"title": mark})),
            mark: Some(mark),
            ..Request::new(Method::POST, "/v1/tasks", EventType::TaskCreated.as_str(), "")
        }
    }

    /// A moment that comes while they are at work, or soon after.
    fn moment(&mut self) -> DateTime<Utc> {
        let moment = Clock::system().now() + TimeDelta::milliseconds(self.random.i64(500..8_000));
        // As it is written, it is asked for.
        written(moment).parse().expect("it was written so")
    }

    fn mark(&self) -> String {
        format!("{} {}", self.name, self.requests)
    }
}

fn written(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gateway::routes::{ROUTES, functions};

    use super::*;

    fn is_at(route: &str, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
        let is_same = |(route, path): (&&str, &&str)| route == path || route.starts_with('{');
        route.len() == path.len() && route.iter().zip(&path).all(is_same)
    }

    #[test]
    fn every_function_is_asked_once_all_is_over() {
        let mut asked = of_everybody("a-task");
        asked.push(Request::new(
            Method::POST,
            "/v1/tasks",
            EventType::TaskCreated.as_str(),
            "",
        ));
        let answering = asked.iter().map(|request| {
            let mut routes = ROUTES.iter().filter(|route| route.method == request.method);
            let route = routes.find(|route| is_at(route.path, &request.path));
            route
                .unwrap_or_else(|| panic!("nobody answers {}", request.path))
                .function
        });
        assert_eq!(answering.collect::<BTreeSet<_>>(), functions());
    }
}
