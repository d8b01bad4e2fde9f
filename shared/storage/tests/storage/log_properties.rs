//! Whatever users, transactions and readers do, and whenever they die, the log keeps its promises.

mod schedule;
mod world;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use schedule::Step;
use world::{CONNECTIONS, World};

/// Runs one schedule after the other on one database, for connecting takes longer than a schedule.
fn holds_for(cases: u32, schedules: impl Strategy<Value = Vec<Step>>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (test, database) = runtime.block_on(async {
        let test = testing::database().await;
        let database = test.open(CONNECTIONS);
        (test, database)
    });
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(cases)
    };
    let outcome = TestRunner::new(config).run(&schedules, |schedule| {
        runtime.block_on(async {
            let world = World::new(&test, &database).await;
            keeps_its_promises(world, schedule).await
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn keeps_its_promises(mut world: World<'_>, schedule: Vec<Step>) -> Result<(), TestCaseError> {
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
