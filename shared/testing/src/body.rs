//! What people send.

use serde_json::{Map, Value, json};

/// The body of a request that creates a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskBody(Map<String, Value>);

impl TaskBody {
    /// A task of which nothing is said but its title.
    #[must_use]
    pub fn titled(title: &str) -> Self {
        Self(Map::new()).with("title", title)
    }

    /// Due at a local date, or date-time.
    #[must_use]
    pub fn due(self, date: &str) -> Self {
        self.with("due_date", date)
    }

    /// In this zone.
    #[must_use]
    pub fn zone(self, name: &str) -> Self {
        self.with("time_zone", name)
    }

    /// Repeating by this rule.
    #[must_use]
    pub fn repeating(self, rule: &str) -> Self {
        self.with("recurrence_rule", rule)
    }

    /// With one more reminder, at an instant.
    #[must_use]
    pub fn reminded_at(self, at: &str) -> Self {
        self.reminder(json!({"at": at}))
    }

    /// With one more reminder, so far from due.
    #[must_use]
    pub fn reminded(self, offset: &str) -> Self {
        self.reminder(json!({"offset": offset}))
    }

    /// With any member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    fn reminder(mut self, reminder: Value) -> Self {
        let reminders = self.0.entry("reminders").or_insert_with(|| json!([]));
        reminders
            .as_array_mut()
            .expect("reminders are an array unless a test makes them something else")
            .push(reminder);
        self
    }
}

impl From<TaskBody> for Value {
    fn from(body: TaskBody) -> Self {
        Self::Object(body.0)
    }
}
