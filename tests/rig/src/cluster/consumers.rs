//! The dispatcher, and whose events it takes to the functions.

use std::{collections::BTreeMap, net::SocketAddr};

use tokio::sync::Mutex;

use crate::{
    knative::{
        DataPlane,
        contract::{self, Addresses, Pauses},
    },
    manifest::KafkaSource,
    process::Process,
};

/// The dispatcher, and which sources have a consumer there.
#[derive(Debug)]
pub struct Consumers {
    sources: BTreeMap<String, KafkaSource>,
    pub(super) addresses: Addresses,
    pauses: Pauses,
    pub(super) dispatcher: Mutex<Dispatcher>,
}

/// The dispatcher.
#[derive(Debug)]
pub(super) struct Dispatcher {
    pub(super) data_plane: DataPlane,
    pub(super) process: Option<Process>,
    consuming: BTreeMap<String, KafkaSource>,
}

impl Consumers {
    pub(super) fn new(
        sources: BTreeMap<String, KafkaSource>,
        addresses: Addresses,
        pauses: Pauses,
        dispatcher: (DataPlane, Process),
    ) -> Self {
        let (data_plane, process) = dispatcher;
        Self {
            sources,
            addresses,
            pauses,
            dispatcher: Mutex::new(Dispatcher {
                data_plane,
                process: Some(process),
                consuming: BTreeMap::new(),
            }),
        }
    }

    /// Has `source` consumed, or not any more.
    ///
    /// # Errors
    /// There is no such source, or the dispatcher's folder cannot be written.
    pub async fn set(&self, source: &str, is_there: bool) -> anyhow::Result<()> {
        let mut dispatcher = self.dispatcher.lock().await;
        if dispatcher.consuming.contains_key(source) == is_there {
            return Ok(());
        }
        match self.sources.get(source).filter(|_| is_there) {
            Some(known) => drop(dispatcher.consuming.insert(source.to_owned(), known.clone())),
            None => drop(dispatcher.consuming.remove(source)),
        }
        let resources = contract::of_sources(&dispatcher.consuming, &self.addresses, self.pauses)?;
        dispatcher.data_plane.put(&resources)
    }

    /// Where a function's requests and events are taken.
    pub(super) fn before(&self, function: &str) -> Option<SocketAddr> {
        self.addresses.functions.get(function).copied()
    }
}
