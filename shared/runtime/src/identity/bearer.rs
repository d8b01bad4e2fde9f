//! The token that a request brings (RFC 6750 §2.1). In a query or a body it would end up in logs, and is not looked for.

use http::{HeaderMap, header};

use crate::Problem;

/// The token of the header `Authorization`.
pub(super) fn token(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or_else(Problem::no_token)?;
    if values.next().is_some() {
        // Of two, nobody knows which is meant.
        return Err(Problem::refused_token("there is more than one header Authorization"));
    }
    let value = value.to_str().map_err(|_| Problem::no_token())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(Problem::no_token)?;
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(Problem::no_token())
    }
}
