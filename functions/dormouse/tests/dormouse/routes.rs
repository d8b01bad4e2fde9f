//! The document and the routes: neither has what the other lacks.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use serde_json::Value;
use testing::TestApp;

/// The methods of every path, as the document has them.
fn described() -> BTreeMap<String, BTreeSet<String>> {
    let document: Value = serde_json::from_str(api_page::OPENAPI).expect("it is JSON");
    let paths = document["paths"].as_object().expect("there are paths");
    let methods = |item: &Value| {
        let methods = item.as_object().expect("a path has operations").keys();
        methods.map(|method| method.to_uppercase()).collect()
    };
    paths.iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

/// The paths of a router, which it tells in its `Debug` form only.
fn routed(router: &Router) -> BTreeSet<String> {
    let form = format!("{router:?}");
    let texts = form.split('"').filter(|text| text.starts_with("/v1/"));
    texts.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_route_is_described_and_nothing_else() {
    let app = TestApp::start().await;
    let functions = dormouse::functions::all(&app.app());
    let routers: Vec<_> = functions.into_iter().filter_map(|function| function.api).collect();
    let paths: BTreeSet<_> = routers.iter().flat_map(routed).collect();
    assert_eq!(paths, described().into_keys().collect());
}

#[tokio::test]
async fn every_method_of_a_path_is_described_and_no_other() {
    let app = TestApp::start().await;
    let functions = dormouse::functions::all(&app.app());
    let client = app.serve_all(functions.into_iter().filter(|function| function.api.is_some()));
    for (path, mut methods) in described() {
        // A method that nobody takes is answered with those that are taken.
        let reply = client.delete(&path.replace("{id}", "x"), &[]).await;
        let reply = if methods.contains("DELETE") {
            client.post(&path.replace("{id}", "x"), serde_json::json!({})).await
        } else {
            reply
        };
        assert_eq!(reply.status, 405, "{path}");
        if methods.contains("GET") {
            methods.insert("HEAD".to_owned());
        }
        let taken: BTreeSet<_> = reply
            .header("allow")
            .split(',')
            .map(|method| method.trim().to_owned())
            .collect();
        assert_eq!(taken, methods, "{path}");
    }
}
