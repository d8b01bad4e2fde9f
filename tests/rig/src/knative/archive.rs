//! Running a process of the data plane until it has all of its classes.

use std::{
    net::{Ipv4Addr, SocketAddr},
    thread::sleep,
    time::{Duration, Instant},
};

use kafka::topics::CONSUMERS;

use super::{
    DataPlane, Part,
    contract::{self, Addresses, Pauses},
};
use crate::{manifest, process::Process};

/// What they say where there is no broker.
const UNREACHABLE: &str = "could not be established";
/// How long it may take until they do, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Starts it with a contract of something, and waits until it has tried to speak to the broker, which is not there.
pub(super) fn start_loaded(plane: &mut DataPlane) -> anyhow::Result<Process> {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let nowhere = Addresses {
        kafka: nobody,
        functions: CONSUMERS.map(|name| (name.to_owned(), nobody)).into(),
        receiver: nobody,
    };
    let contract = match plane.part {
        Part::Dispatcher => contract::of_sources(&manifest::all("KafkaSource")?, &nowhere, Pauses::default())?,
        Part::Receiver(_) => contract::of_sinks(&manifest::all("KafkaSink")?, &nowhere),
    };
    plane.put(&contract)?;
    let mut process = plane.start()?;
    let began = Instant::now();
    while !plane.log()?.contains(UNREACHABLE) {
        let is_over = process.has_ended() || began.elapsed() > PATIENCE;
        anyhow::ensure!(!is_over, "{} did not start:\n{}", plane.part.name(), plane.log()?);
        sleep(LOOK_AGAIN);
    }
    Ok(process)
}
