//! Reading query parameters, so that every fault is gathered.

use std::{collections::BTreeMap, fmt::Display};

use axum::extract::{FromRequestParts, Query as Pairs};
use http::{Uri, request::Parts};

use crate::Problem;

/// Query parameters on their way in.
#[derive(Debug, Clone)]
pub struct Query {
    parameters: BTreeMap<String, Vec<String>>,
    faults: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::of(&parts.uri)
    }
}

impl Query {
    /// The parameters of `uri`.
    ///
    /// # Errors
    /// 400 when they are no text.
    pub fn of(uri: &Uri) -> Result<Self, Problem> {
        let Pairs(pairs) = Pairs::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|rejection| Problem::malformed(rejection.body_text()))?;
        let mut parameters = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in pairs {
            parameters.entry(name).or_default().push(value);
        }
        Ok(Self {
            parameters,
            faults: Vec::new(),
        })
    }

    /// A parameter that may be absent.
    pub fn optional<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let values = self.parameters.remove(name)?;
        let [value] = &values[..] else {
            self.fault(name, "must be given once only");
            return None;
        };
        parse(value).map_err(|error| self.fault(name, error)).ok()
    }

    /// A parameter that may be given up to `limit` times.
    pub fn repeated<T, E: Display>(
        &mut self,
        name: &str,
        limit: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let values = self.parameters.remove(name).unwrap_or_default();
        if values.len() > limit {
            self.fault(name, format_args!("must be given at most {limit} times"));
            return Vec::new();
        }
        let parsed = values.iter().map(|value| parse(value));
        parsed
            .filter_map(|value| value.map_err(|error| self.fault(name, error)).ok())
            .collect()
    }

    /// Whether there are faults so far.
    #[must_use]
    pub fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 with every fault, that of parameters nobody read included.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in self.parameters.keys().cloned().collect::<Vec<_>>() {
            self.fault(&name, "is not a parameter that is known here");
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Problem::malformed_query(self.faults))
        }
    }

    /// Notes a fault of the parameter `name`.
    pub fn fault(&mut self, name: &str, detail: impl Display) {
        self.faults.push((name.to_owned(), detail.to_string()));
    }
}

/// Reads how many items a page may have.
///
/// # Errors
/// What would be right.
pub fn page_limit(text: &str) -> Result<usize, &'static str> {
    // The standard parser also takes a sign.
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(limit @ 1..=200) if is_digits => Ok(limit),
        _ => Err("must be a whole number from 1 to 200"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_written_in_digits() {
        assert_eq!(page_limit("200"), Ok(200));
        for text in ["", "0", "201", "+5", "-1", "5.0", "\u{665}"] {
            assert!(page_limit(text).is_err(), "{text:?}");
        }
    }
}
