//! Whatever users, transactions and readers do, and whenever they die, the log keeps its promises.

mod schedule;
mod world;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use schedule::Step;
use world::World;

/// Runs each schedule on a database of its own.
fn holds_for(cases: u32, schedules: impl Strategy<Value = Vec<Step>>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        failure_persistence: None,
        // A schedule takes a database: shrinking a failure is worth a minute, not an hour.
        max_shrink_iters: 200,
        ..Config::with_cases(cases)
    };
    let outcome = TestRunner::new(config).run(&schedules, |schedule| runtime.block_on(keeps_its_promises(schedule)));
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn keeps_its_promises(schedule: Vec<Step>) -> Result<(), TestCaseError> {
    let mut world = World::new().await;
    for step in schedule {
        world.take(step).await?;
        world.check_positions().await?;
    }
    world.settle().await?;
    world.check_end().await
}

#[test]
fn every_committed_event_is_passed_on_in_its_users_order() {
    holds_for(48, schedule::schedules());
}

#[test]
fn it_is_so_where_one_user_does_everything() {
    holds_for(16, schedule::schedules_of(1));
}
