//! Entity tags and the conditions on them (RFC 9110 §8.8.3 and §13.1).

use http::{HeaderMap, HeaderName, header};

use crate::Problem;

/// The entity tag of `version`.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// `If-Match`: the versions that a client has seen and means to change. It is read before anything is looked up, so that
/// what cannot be read is told whether or not there is such a thing.
#[derive(Debug, Clone)]
pub struct IfMatch(Option<Vec<String>>);

impl IfMatch {
    /// Reads the header.
    ///
    /// # Errors
    /// 400 when it cannot be read, or names nothing: whoever sends that has lost the tag on the way.
    pub fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        match tags(headers, &header::IF_MATCH)? {
            Some(tags) if tags.is_empty() => Err(unreadable(&header::IF_MATCH)),
            tags => Ok(Self(tags)),
        }
    }

    /// Refuses the change of something whose version is not among those that the client has seen.
    ///
    /// # Errors
    /// 412.
    pub fn demand(&self, version: i64) -> Result<(), Problem> {
        let current = etag(version);
        match &self.0 {
            Some(tags) if !tags.iter().any(|tag| tag == "*" || *tag == current) => {
                Err(Problem::precondition_failed(&current))
            }
            _ => Ok(()),
        }
    }
}

/// `If-None-Match`: the versions that a client has. None named is none had.
#[derive(Debug, Clone)]
pub struct IfNoneMatch(Vec<String>);

impl IfNoneMatch {
    /// Reads the header.
    ///
    /// # Errors
    /// 400 when it cannot be read.
    pub fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        Ok(Self(tags(headers, &header::IF_NONE_MATCH)?.unwrap_or_default()))
    }

    /// Whether the client has this version already.
    #[must_use]
    pub fn is_known(&self, version: i64) -> bool {
        let current = etag(version);
        // This comparison is the weak one (RFC 9110 §13.1.2).
        let is_current = |tag: &String| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == current;
        self.0.iter().any(is_current)
    }
}

/// The tags of a list, whose empty elements do not count (RFC 9110 §5.6.1.2).
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Vec<String>>, Problem> {
    let mut tags = None;
    for value in headers.get_all(name) {
        let tags = tags.get_or_insert_with(Vec::new);
        let mut rest = value.to_str().map_err(|_| unreadable(name))?;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            let (tag, after) = first(rest).ok_or_else(|| unreadable(name))?;
            tags.push(tag.to_owned());
            rest = after;
        }
    }
    Ok(tags)
}

/// The tag that `text` begins with, and what follows it. A tag may have commas in it.
fn first(text: &str) -> Option<(&str, &str)> {
    let rest = if let Some(rest) = text.strip_prefix('*') {
        rest
    } else {
        let opaque = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?;
        opaque.split_once('"')?.1
    };
    let tag = text.strip_suffix(rest)?;
    let is_apart = matches!(rest.trim_start().bytes().next(), None | Some(b','));
    is_apart.then_some((tag, rest))
}

fn unreadable(name: &HeaderName) -> Problem {
    Problem::malformed_header(name, "must be * or entity tags as ETag gave them, such as \"3\"")
}
