//! Entity tags and the conditions on them (RFC 9110 §8.8.3 and §13.1).

use http::{HeaderMap, HeaderName, header};

use crate::Problem;

/// The entity tag of `version`.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// Refuses a change of something whose version is not among those that `If-Match` names.
///
/// # Errors
/// 412 when it is not; 400 when the header cannot be read.
pub fn demand_match(headers: &HeaderMap, version: i64) -> Result<(), Problem> {
    let current = etag(version);
    match tags(headers, &header::IF_MATCH)? {
        Some(tags) if !tags.iter().any(|tag| tag == "*" || *tag == current) => {
            Err(Problem::precondition_failed(&current))
        }
        _ => Ok(()),
    }
}

/// Whether the client has this version already, by `If-None-Match`.
///
/// # Errors
/// 400 when the header cannot be read.
pub fn is_known(headers: &HeaderMap, version: i64) -> Result<bool, Problem> {
    let current = etag(version);
    let tags = tags(headers, &header::IF_NONE_MATCH)?.unwrap_or_default();
    // This comparison is the weak one (RFC 9110 §13.1.2).
    Ok(tags
        .iter()
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == current))
}

fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Vec<String>>, Problem> {
    let mut tags = Vec::new();
    for value in headers.get_all(name) {
        let text = value.to_str().map_err(|_| unreadable(name))?;
        for tag in text.split(',').map(str::trim) {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            let is_tag = opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"');
            if tag != "*" && !is_tag {
                return Err(unreadable(name));
            }
            tags.push(tag.to_owned());
        }
    }
    Ok((!tags.is_empty()).then_some(tags))
}

fn unreadable(name: &HeaderName) -> Problem {
    Problem::malformed_header(name, "must be * or entity tags as ETag gave them, such as \"3\"")
}
