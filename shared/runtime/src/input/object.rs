//! Reading an object's members. Each reading takes the member out and notes what is wrong with it; what is left at
//! the end is unknown.

use std::{fmt::Display, ops::RangeInclusive};

use domain::Fault;
use serde_json::{Map, Value};

use super::json::{self, escape};
use crate::Problem;

/// An object on its way in.
#[derive(Debug, Clone)]
pub struct Object {
    pointer: String,
    members: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Object {
    /// Reads `bytes` as a JSON object.
    ///
    /// # Errors
    /// 400 when they are no JSON; 422 when they are another JSON value.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        match json::parse(bytes)? {
            Value::Object(members) => Ok(Self::at(String::new(), members)),
            other => Err(Problem::validation(vec![Fault::new("", must_be("an object", &other))])),
        }
    }

    fn at(pointer: String, members: Map<String, Value>) -> Self {
        Self {
            pointer,
            members,
            faults: Vec::new(),
        }
    }

    /// Where the object stands, as a JSON Pointer.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Notes a fault of the member `name`.
    pub fn fault(&mut self, name: &str, detail: impl Display) {
        self.faults.push(Fault::new(
            format!("{}/{}", self.pointer, escape(name)),
            detail.to_string(),
        ));
    }

    /// Notes a fault of the object itself.
    pub fn fault_here(&mut self, detail: impl Display) {
        self.faults.push(Fault::new(self.pointer.clone(), detail.to_string()));
    }

    /// Whether one of these members, or something in it, has a fault so far.
    #[must_use]
    pub fn is_faulty(&self, names: &[&str]) -> bool {
        names.iter().any(|name| {
            let pointer = format!("{}/{}", self.pointer, escape(name));
            let is_within = |fault: &Fault| {
                fault
                    .pointer
                    .strip_prefix(&pointer)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            self.faults.iter().any(is_within)
        })
    }

    /// Whether the member is there and not null.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(|value| !value.is_null())
    }

    /// Whether the member is there, be it null.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A member that may be sent back as it stands, which is `standing`, and not otherwise.
    pub fn unchanged(&mut self, name: &str, standing: &Value, detail: &str) {
        if self.members.remove(name).is_some_and(|value| value != *standing) {
            self.fault(name, detail);
        }
    }

    /// A text that must be there; `None` means that a fault was noted.
    pub fn required<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        if !self.members.contains_key(name) {
            self.fault(name, "is missing");
            return None;
        }
        match self.members.remove(name) {
            Some(Value::String(text)) => self.parsed(name, parse(&text)),
            other => self.unfit(name, "a string", other),
        }
    }

    /// A text that may be absent or null.
    pub fn optional<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match self.members.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => self.parsed(name, parse(&text)),
            other => self.unfit(name, "a string", other),
        }
    }

    /// A whole number within `bounds` that may be absent or null.
    pub fn optional_number(&mut self, name: &str, bounds: RangeInclusive<usize>) -> Option<usize> {
        let number = self.members.remove(name).filter(|value| !value.is_null())?;
        let within = number.as_u64().and_then(|number| usize::try_from(number).ok());
        let within = within.filter(|number| bounds.contains(number));
        if within.is_none() {
            self.fault(
                name,
                format!("must be a whole number from {} to {}", bounds.start(), bounds.end()),
            );
        }
        within
    }

    /// An array that may be absent or null, each of its items a text.
    pub fn texts(&mut self, name: &str, limit: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for (index, item) in self.items(name, limit).into_iter().enumerate() {
            match item {
                Value::String(text) => texts.push(text),
                other => self.fault_at(name, index, must_be("a string", &other)),
            }
        }
        texts
    }

    /// An array that may be absent or null, each of its items a text that `parse` reads.
    pub fn parsed_texts<T, E: Display>(&mut self, name: &str, limit: usize, parse: fn(&str) -> Result<T, E>) -> Vec<T> {
        let mut values = Vec::new();
        for (index, text) in self.texts(name, limit).into_iter().enumerate() {
            match parse(&text) {
                Ok(value) => values.push(value),
                Err(error) => self.fault_at(name, index, error.to_string()),
            }
        }
        values
    }

    /// An array that may be absent or null, each of its items an object that `read` reads.
    pub fn objects<T>(&mut self, name: &str, limit: usize, read: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
        let mut values = Vec::new();
        for (index, item) in self.items(name, limit).into_iter().enumerate() {
            match item {
                Value::Object(members) => {
                    let mut object = Self::at(format!("{}/{}/{index}", self.pointer, escape(name)), members);
                    values.extend(read(&mut object));
                    self.faults.extend(object.faults());
                }
                other => self.fault_at(name, index, must_be("an object", &other)),
            }
        }
        values
    }

    /// Every fault, that of members nobody read included.
    #[must_use]
    pub fn faults(mut self) -> Vec<Fault> {
        for name in self.members.keys().cloned().collect::<Vec<_>>() {
            self.fault(&name, "is not a member that is known here");
        }
        self.faults
    }

    /// Notes the fault of an item of the array `name`.
    pub fn fault_at(&mut self, name: &str, index: usize, detail: impl Display) {
        self.faults.push(Fault::new(
            format!("{}/{}/{index}", self.pointer, escape(name)),
            detail.to_string(),
        ));
    }

    fn items(&mut self, name: &str, limit: usize) -> Vec<Value> {
        match self.members.remove(name) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) if items.len() > limit => {
                self.fault(
                    name,
                    format!("must have at most {limit} items; this has {}", items.len()),
                );
                Vec::new()
            }
            Some(Value::Array(items)) => items,
            other => {
                let _: Option<()> = self.unfit(name, "an array", other);
                Vec::new()
            }
        }
    }

    fn parsed<T, E: Display>(&mut self, name: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|error| self.fault(name, error)).ok()
    }

    fn unfit<T>(&mut self, name: &str, wanted: &str, value: Option<Value>) -> Option<T> {
        self.fault(name, must_be(wanted, &value.unwrap_or(Value::Null)));
        None
    }
}

fn must_be(wanted: &str, value: &Value) -> String {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    format!("must be {wanted}; this is {kind}")
}

#[cfg(test)]
mod tests;
