//! The table of routes, compared with what the functions say themselves.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use gateway::routes::{ROUTES, functions};
use http::{Method, StatusCode, header};
use runtime::Function;
use testing::{Client, TestApp};

/// Every function of the API.
fn all(app: &TestApp) -> [Function; 9] {
    [
        create_task::function(app.app()),
        get_task::function(app.app()),
        list_tasks::function(app.app()),
        update_task::function(app.app()),
        delete_task::function(app.app()),
        complete_task::function(app.app()),
        preview_recurrence::function(),
        notifications::function(app.app()),
        stream_changes::function(app.app()),
    ]
}

#[tokio::test]
async fn every_route_of_the_table_is_its_functions() {
    let app = TestApp::start().await;
    let mut named = BTreeSet::new();
    for function in all(&app) {
        let name = function.name;
        named.insert(name);
        let client: Client = app.serve(function);
        for route in ROUTES.iter().filter(|route| route.function == name) {
            let path = route.path.replace("{id}", "00000000-0000-4000-8000-000000000000");
            let request = http::Request::builder().method(Method::OPTIONS).uri(path);
            let reply = client.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(
                reply.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{name} has no {}",
                route.path
            );
            let allowed = reply.headers[header::ALLOW].to_str().unwrap();
            let mut allowed = allowed.split(',').map(str::trim);
            assert!(
                allowed.any(|method| method == route.method.as_str()),
                "{name} takes no {route:?}"
            );
        }
    }
    assert_eq!(named, functions());
}

/// Every `.route("…", method(…).method(…))` in the sources of the functions. A router does not tell its routes.
#[test]
fn every_route_of_a_function_is_in_the_table() {
    let mut written = BTreeSet::new();
    for function in fs::read_dir(root()).unwrap() {
        let function = function.unwrap();
        let name = function.file_name().into_string().unwrap();
        if name == "gateway" || name == "dormouse" {
            continue;
        }
        for file in sources(&function.path().join("src")) {
            let text = fs::read_to_string(&file).unwrap();
            let routes = text.split(".route(").skip(1);
            for (path, method) in routes.flat_map(|route| routes_in(route, &file)) {
                written.insert((name.clone(), method, path));
            }
        }
    }
    let table = ROUTES
        .iter()
        .map(|route| {
            (
                route.function.to_owned(),
                route.method.to_string(),
                route.path.to_owned(),
            )
        })
        .collect();
    let missing: Vec<_> = written.difference(&table).collect();
    assert!(missing.is_empty(), "not in the table of the gateway: {missing:?}");
    let gone: Vec<_> = table.difference(&written).collect();
    assert!(gone.is_empty(), "no function has it: {gone:?}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| entry.expect("the folder can be read").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let nested = folders.iter().flat_map(|folder| sources(folder));
    files.into_iter().chain(nested).collect()
}

/// The path and each method of what follows `.route(`.
fn routes_in(rest: &str, file: &Path) -> Vec<(String, String)> {
    let quoted = rest
        .trim_start()
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'));
    assert!(quoted.is_some(), "{}: a route whose path is no literal", file.display());
    let (path, rest) = quoted.unwrap_or_default();
    let call = &rest[..end_of_call(rest)];
    let methods: Vec<_> = ["get", "post", "put", "patch", "delete"]
        .into_iter()
        .filter(|method| call.contains(&format!(" {method}(")) || call.contains(&format!(".{method}(")))
        .map(|method| (path.to_owned(), method.to_uppercase()))
        .collect();
    assert!(
        !methods.is_empty(),
        "{}: {path} has no method that can be read",
        file.display()
    );
    methods
}

/// Where the parenthesis closes that is open.
fn end_of_call(text: &str) -> usize {
    let mut depth = 1;
    let end = text.char_indices().find(|(_, character)| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map_or(text.len(), |(at, _)| at)
}

#[test]
fn routes_are_read_of_sources() {
    let file = Path::new("x.rs");
    let route = |path: &str, method: &str| (path.to_owned(), method.to_owned());
    assert_eq!(
        routes_in("\n  \"/a/{id}\",\n  get(a::b).delete(c)).route(\"/x\", post(y))", file),
        [route("/a/{id}", "GET"), route("/a/{id}", "DELETE")]
    );
}
