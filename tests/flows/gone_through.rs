//! Every journey, by `dormouse` and through the gateway in front of it.

use std::process::Command;

use journeys::Users;
use testing::issuer;

use crate::{
    alone::Function,
    events::database,
    gateway::everything_at,
    running::{Folder, command},
    serving::Dormouse,
};

/// Has a program believe the tests' issuer, whose keys are put in `folder`.
fn believing<'a>(command: &'a mut Command, folder: &Folder) -> &'a mut Command {
    let keys = folder.path().join("jwks.json");
    std::fs::write(&keys, issuer::key().to_key_set_json()).expect("the folder is ours");
    command
        .env("AUTH_JWKS_FILE", keys)
        .envs([("AUTH_ISSUER", issuer::ISSUER), ("AUTH_AUDIENCE", issuer::AUDIENCE)])
}

async fn goes(name: &'static str, has_gateway: bool, journey: impl AsyncFn(&Users)) {
    let (database, folder) = (database().await, Folder::new());
    let mut program = command("dormouse");
    let dormouse = Dormouse::start(believing(&mut program, &folder).env("DATABASE_URL", database.url())).await;
    let mut gateway = command("gateway");
    gateway.envs(everything_at(&dormouse.api)).env("LOG_FORMAT", "json");
    let gateway = match has_gateway {
        true => Some(Function::begin(believing(&mut gateway, &folder), "gateway").await),
        false => None,
    };
    let place = gateway.as_ref().map_or(&dormouse.api, |gateway| &gateway.api);
    journey(&Users::of(name, place.clone())).await;
}

macro_rules! by_dormouse {
    ($($module:ident: $($journey:ident)+;)+) => {
        mod by_dormouse {
            $($(
                #[tokio::test]
                async fn $journey() {
                    super::goes(stringify!($journey), false, journeys::$journey).await;
                }
            )+)+
        }

        mod through_the_gateway {
            $($(
                #[tokio::test]
                async fn $journey() {
                    super::goes(stringify!($journey), true, journeys::$journey).await;
                }
            )+)+
        }
    };
}

journeys::each!(by_dormouse);
