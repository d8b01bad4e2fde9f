//! A cluster that many tests share, for starting one takes long. It goes with their process.

use std::{sync::LazyLock, thread};

use rig::{
    cluster::{Cluster, Settings},
    knative::contract::Pauses,
};
use tokio::runtime::Runtime;

/// A cluster, and what its scalers and activators run on: a test's own runtime ends with the test.
struct Shared {
    _runtime: Runtime,
    cluster: Cluster,
}

static SHARED: LazyLock<Shared> = LazyLock::new(|| {
    let start = || {
        let runtime = Runtime::new().expect("a runtime can be built");
        let cluster = runtime.block_on(Cluster::start(settings()));
        Shared {
            cluster: cluster.expect("a cluster starts"),
            _runtime: runtime,
        }
    };
    // Apart from the runtime of the test that comes first.
    thread::spawn(start).join().expect("a cluster starts")
});

/// What is not taken is soon given up.
fn settings() -> Settings {
    Settings {
        pauses: Pauses::Short { from: 50, retries: 6 },
        ..Settings::default()
    }
}

/// The cluster.
pub(crate) fn cluster() -> &'static Cluster {
    &SHARED.cluster
}
