//! What all logs of a database hold.

use domain::UserId;
use events::cloud_event;
use storage::{
    Database, PgConnection, installation,
    log::{changes, verify},
};
use uuid::Uuid;

use crate::check_event;

/// The most events read at once.
const PAGE: usize = 200;

/// Asserts that every event of every user is as the API's document says.
///
/// # Panics
/// One is not, or the database is away.
pub async fn check_events(database: &Database) {
    let mut session = database.session().await.expect("the database is there");
    let mut last = UserId(Uuid::nil());
    loop {
        let users = verify::users(&mut session, last).await.expect("the log can be read");
        let Some(user) = users.last() else { return };
        last = *user;
        for user in users {
            check_log(&mut session, user).await;
        }
    }
}

async fn check_log(connection: &mut PgConnection, user: UserId) {
    let installation = installation::id(connection).await.expect("it was migrated");
    let mut position = 0;
    loop {
        let changes = changes::after(connection, user, position, PAGE).await;
        let changes = changes.expect("the log can be read");
        for event in &changes.events {
            check_event(&cloud_event::to_json(event, installation));
        }
        if !changes.has_more {
            return;
        }
        position = changes.upto;
    }
}
