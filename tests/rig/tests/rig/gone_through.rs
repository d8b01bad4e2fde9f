//! Every journey, on a whole cluster.

use journeys::{Api, Users};

use crate::shared::cluster;

async fn goes(name: &'static str, journey: impl AsyncFn(&Users)) {
    let address = cluster().address().await.unwrap();
    let users = Users::of(name, Api::at(&format!("http://{address}")));
    journey(&users).await;
    users.check_events().await;
}

macro_rules! on_a_cluster {
    ($($module:ident: $($journey:ident)+;)+) => {
        mod on_a_cluster {
            $($(
                #[tokio::test]
                async fn $journey() {
                    super::goes(stringify!($journey), journeys::$journey).await;
                }
            )+)+
        }
    };
}

journeys::each!(on_a_cluster);
