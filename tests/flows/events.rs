//! Every event that a flow produces is held to `docs/asyncapi.yaml` once the flow is over.

use std::{ops::Deref, thread};

use storage::Database;
use testing::{TestDatabase, check_event, check_events};
use tokio::runtime::Builder;

use crate::api::Api;

/// A flow's database, whose events are checked before it goes.
#[derive(Debug)]
pub(crate) struct FlowDatabase(TestDatabase);

/// A new database.
pub(crate) async fn database() -> FlowDatabase {
    FlowDatabase(testing::database().await)
}

impl Deref for FlowDatabase {
    type Target = TestDatabase;

    fn deref(&self) -> &TestDatabase {
        &self.0
    }
}

impl Drop for FlowDatabase {
    fn drop(&mut self) {
        if !thread::panicking() {
            let database = self.0.open(1);
            let checked = thread::spawn(move || check(&database)).join();
            assert!(checked.is_ok(), "an event of this flow is not as its document says");
        }
    }
}

fn check(database: &Database) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime
        .expect("a runtime can be built")
        .block_on(check_events(database));
}

impl Api {
    /// Checks every event of who asks: for a flow whose database is its process's own.
    pub(crate) async fn check_events(&self) {
        let mut path = "/v1/changes?limit=200".to_owned();
        loop {
            let page = self.get(&path).await.json;
            page["events"]
                .as_array()
                .expect("a page has events")
                .iter()
                .for_each(check_event);
            if page["more"] == false {
                return;
            }
            let token = page["next_token"].as_str().expect("a page has a token");
            path = format!("/v1/changes?limit=200&since={token}");
        }
    }
}
