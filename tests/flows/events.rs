//! Every event that a flow produces is held to `docs/asyncapi.yaml` once the flow is over.

use std::{ops::Deref, thread};

use storage::Database;
use testing::{TestDatabase, check_events};
use tokio::runtime::Builder;

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
