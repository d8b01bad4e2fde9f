//! All of it: PostgreSQL, Kafka, Knative's data plane, every function as a process of its own, the gateway in front, and
//! what scales them, on free loopback ports and under one folder. Everything ends with it.

mod consumers;
mod functions;
mod job;
mod parts;
mod receiver;
mod settings;

use std::{collections::BTreeMap, net::SocketAddr, path::Path, process::Command, sync::Arc, time::Duration};

use anyhow::Context;
use rdkafka::ClientConfig;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use testing::{binary, own_address};
use tokio::{sync::Mutex, task::JoinSet};

pub use consumers::Consumers;
pub use functions::{SECOND_WORKERS, WORKERS, names};
pub use job::Job;
pub use parts::Part;
pub use settings::Settings;

use self::{
    functions::{environment, functions, gateway, is_worker},
    receiver::Receiver,
};

use crate::{
    activator::Activator,
    deployment::Deployment,
    folder::Folder,
    kafka::{Access, Kafka},
    knative::{DataPlane, MARKS, Part as DataPlanePart, contract::Addresses},
    manifest::{self, KafkaSource, ScaledObject},
    postgres::Postgres,
    scaler::{self, Sources, Target},
};

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    // In this order: what asks ends before what it asks, and the folder goes last.
    /// What scales, and what runs jobs.
    scalers: JoinSet<()>,
    _activators: Vec<Activator>,
    gateway: Deployment,
    functions: BTreeMap<&'static str, Arc<Deployment>>,
    consumers: Arc<Consumers>,
    reconcile: Arc<Job>,
    receiver: Mutex<Receiver>,
    kafka: Arc<std::sync::Mutex<Kafka>>,
    kafka_address: SocketAddr,
    postgres: Mutex<Postgres>,
    database_url: String,
    environment: BTreeMap<String, String>,
    folder: Folder,
}

impl Cluster {
    /// Starts it, with nothing in its database.
    ///
    /// # Errors
    /// Something of it is missing, or does not start.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let folder = Folder::new("dormouse-rig-", MARKS)?;
        let at = |below: &str| folder.path().join(below);
        std::fs::create_dir(at("logs"))?;
        let receiver_address = own_address();
        let kafka_folder = at("kafka");
        let (postgres_folder, dispatcher_folder, receiver_folder) = (at("postgres"), at("dispatcher"), at("receiver"));
        let (postgres, kafka, planes) = tokio::join!(
            Postgres::start(&postgres_folder),
            tokio::task::spawn_blocking(move || Kafka::start_in(&kafka_folder, Access::Anybody)),
            tokio::task::spawn_blocking(move || {
                let dispatcher = DataPlane::prepare(DataPlanePart::Dispatcher, &dispatcher_folder)?;
                let receiver = DataPlane::prepare(DataPlanePart::Receiver(receiver_address), &receiver_folder)?;
                let processes = (dispatcher.start()?, receiver.start()?);
                anyhow::Ok((dispatcher, receiver, processes))
            }),
        );
        let (postgres, kafka) = (postgres?, kafka??);
        let (dispatcher, receiver, (dispatching, receiving)) = planes??;

        let environment = environment(&settings, &postgres, &kafka, folder.path())?;
        let sources: BTreeMap<String, KafkaSource> = manifest::all("KafkaSource")?;
        let functions = functions(&sources, &settings, &environment, &at("logs"))?;
        let (mut activators, mut places) = (Vec::new(), BTreeMap::new());
        for (name, function) in functions.iter().filter(|(name, _)| !is_worker(name)) {
            let activator = Activator::start(Arc::clone(function), own_address(), settings.idle).await?;
            places.insert((*name).to_owned(), activator.address);
            activators.push(activator);
        }
        let addresses = Addresses {
            kafka: kafka.address(),
            functions: places,
            receiver: receiver_address,
        };
        let gateway = gateway(&addresses, &environment, &at("logs"));
        let dispatcher = (dispatcher, dispatching);
        let consumers = Consumers::new(sources, addresses, settings.pauses, dispatcher);
        let mut cluster = Self {
            scalers: JoinSet::new(),
            _activators: activators,
            gateway,
            functions,
            consumers: Arc::new(consumers),
            reconcile: Arc::new(Job::new("reconcile", &environment, &at("logs"))),
            receiver: Mutex::new(Receiver::new(receiver, receiving)),
            kafka_address: kafka.address(),
            kafka: Arc::new(std::sync::Mutex::new(kafka)),
            database_url: postgres.url().to_owned(),
            postgres: Mutex::new(postgres),
            environment,
            folder,
        };
        cluster.prepare().await?;
        cluster.scale(settings.cooldown)?;
        if let Some(pause) = settings.reconcile {
            let job = Arc::clone(&cluster.reconcile);
            cluster.scalers.spawn(async move { job.run_regularly(pause).await });
        }
        Ok(cluster)
    }

    /// The gateway's address.
    ///
    /// # Errors
    /// It does not run, and cannot be started.
    pub async fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.gateway.up().await?.address)
    }

    /// Where the database is.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// A pool of connections to the database.
    ///
    /// # Panics
    /// Never: the address is one.
    #[must_use]
    pub fn pool(&self) -> PgPool {
        pool(self.database_url.parse().expect("the address is one"))
    }

    /// Where the broker is.
    #[must_use]
    pub fn kafka_address(&self) -> SocketAddr {
        self.kafka_address
    }

    /// How to speak to the broker.
    #[must_use]
    pub fn kafka_client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", self.kafka_address.to_string());
        client
    }

    /// Everything that it has written: logs, data, contracts.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves its folder behind for somebody to look at what went wrong.
    pub fn keep_folder(&mut self) -> &Path {
        self.folder.keep()
    }

    /// A function's deployment.
    ///
    /// # Panics
    /// There is no such function.
    #[must_use]
    pub fn function(&self, name: &str) -> &Deployment {
        self.functions.get(name).expect("there is such a function")
    }

    /// What stands before a function, for who has an event or a request of their own for it.
    ///
    /// # Panics
    /// There is no such function, or nobody calls it.
    #[must_use]
    pub fn before(&self, name: &str) -> SocketAddr {
        self.consumers.before(name).expect("somebody calls the function")
    }

    /// Runs a job of the workspace to its end, in the functions' environment.
    ///
    /// # Errors
    /// It fails.
    pub fn run(&self, name: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(binary(name))
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "{name} failed: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The job that repairs what delivery left, run by whoever wants it to be.
    #[must_use]
    pub fn reconcile(&self) -> &Job {
        &self.reconcile
    }

    /// Whether none of our processes runs, save the gateway.
    pub async fn is_idle(&self) -> bool {
        for function in self.functions.values() {
            if function.has_process().await {
                return false;
            }
        }
        true
    }

    /// Stops everything, in good order.
    ///
    /// # Errors
    /// A function had to be ended by force.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.scalers.shutdown().await;
        self.gateway.down().await?;
        for function in self.functions.values() {
            function.down().await?;
        }
        Ok(())
    }

    /// What a deployment does before anybody asks, and then lets the gateway in.
    async fn prepare(&mut self) -> anyhow::Result<()> {
        self.run("migrate", &[])?;
        sqlx::raw_sql(manifest::ROLE).execute(&self.pool()).await?;
        self.run("relay-log", &["create-topics"])?;
        let receiver = self.receiver.get_mut();
        receiver.know_topics(&self.consumers.addresses).await?;
        self.gateway.up().await.map(drop)
    }

    fn scale(&mut self, cooldown: Option<Duration>) -> anyhow::Result<()> {
        let options: PgConnectOptions = self.database_url.parse()?;
        let sources = Sources {
            database: pool(options.options([("role", "dormouse_keda")])),
            kafka: self.kafka_client(),
        };
        for (name, scaled) in manifest::all::<ScaledObject>("ScaledObject")? {
            let sources = sources.clone();
            let target = scaled.scale_target_ref.name.as_str();
            let target = if scaled.scale_target_ref.kind == "KafkaSource" {
                Target::Consumers(Arc::clone(&self.consumers), target.to_owned())
            } else {
                let worker = self.functions.get(target);
                let worker = worker.with_context(|| format!("{name}: there is no {target}"))?;
                let second = SECOND_WORKERS.iter().find(|(_, function)| *function == target);
                let second = second.and_then(|(second, _)| self.functions.get(second));
                Target::Worker([worker].into_iter().chain(second).map(Arc::clone).collect())
            };
            self.scalers.spawn(scaler::follow(scaled, sources, cooldown, target));
        }
        Ok(())
    }
}

fn pool(options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(2))
        .connect_lazy_with(options)
}
