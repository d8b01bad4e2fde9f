//! The installation's one row.

use domain::{TaskId, UserId};
use storage::{
    Database,
    installation::{self, Delivery, Lineage},
};
use testing::database;
use uuid::Uuid;

use crate::support::run;

async fn claim(database: Database, wanted: Delivery) -> Delivery {
    let mut session = database.session().await.unwrap();
    installation::claim_delivery(&mut session, wanted).await.unwrap()
}

#[tokio::test]
async fn the_first_to_claim_delivery_keeps_it() {
    let test = database().await;
    let database = test.open(1);

    assert_eq!(claim(database.clone(), Delivery::Kafka).await, Delivery::Kafka);
    assert_eq!(claim(database.clone(), Delivery::InProcess).await, Delivery::Kafka);
    assert_eq!(claim(database, Delivery::Kafka).await, Delivery::Kafka);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_claim_at_once_one_has_it() {
    let test = database().await;
    let database = test.open(2);
    let one = tokio::spawn(claim(database.clone(), Delivery::Kafka));
    let other = tokio::spawn(claim(database, Delivery::InProcess));

    assert_eq!(one.await.unwrap(), other.await.unwrap());
}

#[tokio::test]
async fn every_installation_has_an_id_of_its_own_that_stays() {
    let (one, other) = tokio::join!(database(), database());
    let mut one = one.pool().acquire().await.unwrap();
    let mut other = other.pool().acquire().await.unwrap();

    let id = installation::id(&mut one).await.unwrap();
    assert_eq!(installation::id(&mut one).await.unwrap(), id);
    assert_ne!(installation::id(&mut other).await.unwrap(), id);
}

#[tokio::test]
async fn the_server_that_an_era_began_on_is_known_again() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let lineage = installation::lineage(&mut connection).await.unwrap();
    assert_eq!(
        lineage,
        Lineage {
            era: 1,
            is_unbroken: true
        }
    );

    run(&test, "UPDATE installation SET timeline = timeline - 1").await;
    assert!(!installation::lineage(&mut connection).await.unwrap().is_unbroken);
    run(
        &test,
        "UPDATE installation SET timeline = timeline + 1, system_identifier = 1",
    )
    .await;
    assert!(!installation::lineage(&mut connection).await.unwrap().is_unbroken);
}

#[tokio::test]
async fn a_renewed_era_begins_on_this_server() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    run(&test, "UPDATE installation SET timeline = 7, system_identifier = 1").await;

    assert_eq!(installation::renew_era(&mut connection).await.unwrap(), 2);
    let lineage = installation::lineage(&mut connection).await.unwrap();
    assert_eq!(
        lineage,
        Lineage {
            era: 2,
            is_unbroken: true
        }
    );
}

#[tokio::test]
async fn the_zone_database_is_noted() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    assert_eq!(installation::zone_database(&mut connection).await.unwrap(), None);

    installation::set_zone_database(&mut connection, "2026c").await.unwrap();
    // An older release that still runs beside it takes nothing back.
    for version in ["2026b", "2025z"] {
        installation::set_zone_database(&mut connection, version).await.unwrap();
    }
    let noted = installation::zone_database(&mut connection).await.unwrap();
    assert_eq!(noted.as_deref(), Some("2026c"));
}

#[tokio::test]
async fn how_far_a_zone_database_was_applied_is_forgotten_once_it_is_whole() {
    let test = database().await;
    let mut connection = test.pool().acquire().await.unwrap();
    let to = (UserId::LOCAL, TaskId(Uuid::from_u128(7)));
    installation::note_zone_walk(&mut connection, "2026c", to)
        .await
        .unwrap();
    let walk = installation::zone_walk(&mut connection, "2026c").await.unwrap();
    assert_eq!(walk, Some(to));
    assert_eq!(installation::zone_walk(&mut connection, "2026d").await.unwrap(), None);

    installation::set_zone_database(&mut connection, "2026c").await.unwrap();
    assert_eq!(installation::zone_walk(&mut connection, "2026c").await.unwrap(), None);
}
