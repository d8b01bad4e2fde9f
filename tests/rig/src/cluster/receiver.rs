//! What takes dead letters to Kafka.

use std::{net::SocketAddr, time::Duration};

use anyhow::Context;
use nix::sys::signal::Signal;
use reqwest::{Client, StatusCode};
use tokio::time::{Instant, sleep};

use crate::{
    knative::{
        DataPlane,
        contract::{self, Addresses},
    },
    manifest,
    process::Process,
};

/// How long it may take to know its topics, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Knative's receiver.
#[derive(Debug)]
pub(super) struct Receiver {
    data_plane: DataPlane,
    process: Option<Process>,
}

impl Receiver {
    pub(super) fn new(data_plane: DataPlane, process: Process) -> Self {
        Self {
            data_plane,
            process: Some(process),
        }
    }

    pub(super) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        self.process.as_ref().map_or(Ok(()), |process| process.signal(signal))
    }

    pub(super) async fn start_again(&mut self, at: &Addresses) -> anyhow::Result<()> {
        self.process = None;
        self.process = Some(self.data_plane.start()?);
        self.know_topics(at).await
    }

    /// Gives it its topics, and waits until it knows them: before, it would refuse a dead letter, which then is lost.
    pub(super) async fn know_topics(&mut self, at: &Addresses) -> anyhow::Result<()> {
        let sinks = manifest::all("KafkaSink")?;
        self.data_plane.put(&contract::of_sinks(&sinks, at))?;
        let known = contract::path(sinks.keys().next().context("there is a sink")?);
        let client = Client::builder().no_proxy().build()?;
        let began = Instant::now();
        while !takes(&client, at.receiver, &known).await {
            anyhow::ensure!(began.elapsed() < PATIENCE, "no receiver: {}", self.data_plane.log()?);
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }
}

/// Whether it has a topic behind `path`: an event that is none is a fault of the sender's then.
async fn takes(client: &Client, receiver: SocketAddr, path: &str) -> bool {
    let answer = client.post(format!("http://{receiver}{path}")).send().await;
    answer.is_ok_and(|answer| answer.status() == StatusCode::BAD_REQUEST)
}
