//! `/problems/{name}`: what a problem means and what to do about it, where its `type` leads.

use std::fmt::Write;

use api_description::problems::{ALL, Kind};
use axum::{Router, extract::Path, response::Response, routing::get};
use runtime::Problem;

use crate::page;

const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router {
    Router::new()
        .route("/problems", get(every))
        .route("/problems/{name}", get(one))
}

async fn every() -> Response {
    let mut list = String::new();
    for Kind {
        name, status, title, ..
    } in ALL
    {
        let _ = writeln!(list, r#"<li>{status} <a href="/problems/{name}">{title}</a></li>"#);
    }
    page::html(POLICY, document("Problems", &format!("<ul>\n{list}</ul>")))
}

async fn one(Path(name): Path<String>) -> Result<Response, Problem> {
    let kind = ALL
        .iter()
        .find(|kind| kind.name == name)
        .ok_or_else(Problem::not_found)?;
    let Kind {
        name,
        status,
        title,
        meaning,
        remedy,
    } = kind;
    let body = format!(
        "<p>{meaning}</p>\n<h2>What to do</h2>\n<p>{remedy}</p>\n\
         <p><code>/problems/{name}</code> is answered with status {status}. \
         <a href=\"/problems\">Every problem</a>, <a href=\"/docs\">every operation</a>.</p>"
    );
    Ok(page::html(POLICY, document(title, &body)))
}

/// The texts are this program's own, and have nothing in them that HTML would take for markup.
fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} – Dormouse</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/docs/page.css\">\n</head>\n<body>\n\
         <h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )
}
