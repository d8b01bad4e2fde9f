//! The parts of a cluster, for who kills them.

use std::{fmt, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::Cluster;

/// A part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A function, which comes back when it is needed.
    Function(&'static str),
    /// The job that repairs what delivery left, where one is under way.
    Reconcile,
    /// The gateway.
    Gateway,
    /// What takes events from Kafka to the functions.
    Dispatcher,
    /// What takes dead letters to Kafka.
    Receiver,
    /// The broker.
    Kafka,
    /// The database.
    Postgres,
}

impl Cluster {
    /// Sends `part` a signal, if it runs; answers whether it does.
    ///
    /// # Errors
    /// It cannot be sent.
    pub async fn signal(&self, part: Part, signal: Signal) -> anyhow::Result<bool> {
        match part {
            Part::Function(name) => return Ok(self.function(name).signal(signal).await),
            Part::Reconcile => return Ok(self.reconcile.signal(signal).await),
            Part::Gateway => return Ok(self.gateway.signal(signal).await),
            Part::Dispatcher => {
                let dispatcher = self.consumers.dispatcher.lock().await;
                dispatcher
                    .process
                    .as_ref()
                    .map_or(Ok(()), |process| process.signal(signal))?;
            }
            Part::Receiver => self.receiver.lock().await.signal(signal)?,
            Part::Kafka => kill(self.broker().pid(), signal)?,
            Part::Postgres => {
                let postgres = self.postgres.lock().await;
                if let Some(pid) = postgres.pid() {
                    kill(Pid::from_raw(i32::try_from(pid)?), signal)?;
                }
            }
        }
        Ok(true)
    }

    /// Ends `part` by SIGKILL; it stays away until [`Self::start_again`]. Answers whether it ran.
    ///
    /// # Errors
    /// It cannot be ended.
    pub async fn kill(&self, part: Part) -> anyhow::Result<bool> {
        match part {
            Part::Kafka => self.broker().kill().map(|()| true),
            Part::Function(name) => Ok(self.function(name).goes_away().await),
            Part::Reconcile => Ok(self.reconcile.goes_away().await),
            // Its end is waited for, or who starts it again may take it for alive.
            Part::Gateway => Ok(self.gateway.goes_away().await),
            _ => self.signal(part, Signal::SIGKILL).await,
        }
    }

    /// Starts `part` again that was killed. A function, other than the gateway, waits until it is needed, a
    /// job until it is run.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start_again(&self, part: Part) -> anyhow::Result<()> {
        match part {
            Part::Function(name) => self.function(name).comes_back().await,
            Part::Reconcile => self.reconcile.comes_back().await,
            Part::Gateway => {
                self.gateway.comes_back().await;
                self.gateway.up().await?;
            }
            Part::Dispatcher => {
                let mut dispatcher = self.consumers.dispatcher.lock().await;
                dispatcher.process = None;
                dispatcher.process = Some(dispatcher.data_plane.start()?);
            }
            Part::Receiver => {
                let mut receiver = self.receiver.lock().await;
                receiver.start_again(&self.consumers.addresses).await?;
            }
            Part::Kafka => {
                let kafka = std::sync::Arc::clone(&self.kafka);
                tokio::task::spawn_blocking(move || lock(&kafka).run()).await??;
            }
            Part::Postgres => self.postgres.lock().await.start_again().await?,
        }
        Ok(())
    }

    /// Stops `part` in its tracks for a while; answers whether it ran.
    ///
    /// # Errors
    /// It cannot be stopped, or does not go on.
    pub async fn pause(&self, part: Part, length: Duration) -> anyhow::Result<bool> {
        let is_hit = self.signal(part, Signal::SIGSTOP).await?;
        tokio::time::sleep(length).await;
        self.signal(part, Signal::SIGCONT).await?;
        Ok(is_hit)
    }

    /// Whether the dispatcher has failed to carry out a contract: Knative's 0.50 then may take a consumer that did not end in
    /// time for one that is there, and consume nothing for it any more.
    ///
    /// # Errors
    /// Its log cannot be read.
    pub async fn is_dispatcher_stuck(&self) -> anyhow::Result<bool> {
        let dispatcher = self.consumers.dispatcher.lock().await;
        Ok(dispatcher.data_plane.log()?.contains("Failed to reconcile contract"))
    }

    fn broker(&self) -> std::sync::MutexGuard<'_, crate::kafka::Kafka> {
        lock(&self.kafka)
    }
}

fn lock(kafka: &std::sync::Mutex<crate::kafka::Kafka>) -> std::sync::MutexGuard<'_, crate::kafka::Kafka> {
    kafka.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Function(name) => name,
            Self::Reconcile => "reconcile",
            Self::Gateway => "gateway",
            Self::Dispatcher => "dispatcher",
            Self::Receiver => "receiver",
            Self::Kafka => "kafka",
            Self::Postgres => "postgres",
        })
    }
}
