//! All of it: PostgreSQL, Kafka, Knative's data plane, every function as a process of its own, the gateway in front, and
//! what scales them, on free loopback ports and under one folder. Everything ends with it.

mod consumers;
mod parts;

use std::{collections::BTreeMap, net::SocketAddr, path::Path, process::Command, sync::Arc, time::Duration};

use anyhow::Context;
use rdkafka::ClientConfig;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use testing::{binary, issuer, own_address};
use tokio::{sync::Mutex, task::JoinSet, time::sleep};

pub use consumers::Consumers;
pub use parts::Part;

use crate::{
    activator::Activator,
    deployment::Deployment,
    folder::Folder,
    kafka::{Access, Kafka},
    knative::{
        DataPlane, Part as DataPlanePart,
        contract::{self, Addresses, Pauses},
    },
    manifest::{self, KafkaSource, ScaledObject},
    postgres::Postgres,
    process::Process,
    scaler::{self, Sources, Target},
};

/// What works by itself, and is started by the scaler.
const WORKERS: [&str; 2] = ["dispatch-reminders", "relay-log"];
/// How long the receiver may take to know its topics, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What a test may choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How soon what a function did not take is tried again.
    pub pauses: Pauses,
    /// After how long without a request a function's process is stopped.
    pub idle: Duration,
    /// How long workers and consumers stay when they are not needed any more; as `keda/` says when absent.
    pub cooldown: Option<Duration>,
    /// Whether users are told apart by the tokens of [`testing::issuer`].
    pub has_users: bool,
    /// What functions find in their environment besides.
    pub environment: BTreeMap<String, String>,
    /// Binaries that take a function's place.
    pub instead: BTreeMap<&'static str, &'static str>,
}

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    // In this order: what asks ends before what it asks, and the folder goes last.
    scalers: JoinSet<()>,
    _activators: Vec<Activator>,
    gateway: Deployment,
    functions: BTreeMap<&'static str, Arc<Deployment>>,
    consumers: Arc<Consumers>,
    receiver: Mutex<(DataPlane, Option<Process>)>,
    kafka: Arc<std::sync::Mutex<Kafka>>,
    kafka_address: SocketAddr,
    postgres: Mutex<Postgres>,
    database_url: String,
    environment: BTreeMap<String, String>,
    folder: Folder,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pauses: Pauses::default(),
            idle: Duration::from_secs(5),
            cooldown: None,
            has_users: true,
            environment: BTreeMap::new(),
            instead: BTreeMap::new(),
        }
    }
}

impl Cluster {
    /// Starts it, with nothing in its database.
    ///
    /// # Errors
    /// Something of it is missing, or does not start.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let folder = Folder::new("dormouse-rig-")?;
        let at = |below: &str| folder.path().join(below);
        std::fs::create_dir(at("logs"))?;
        let receiver_address = own_address();
        let (postgres_folder, dispatcher_folder, receiver_folder) = (at("postgres"), at("dispatcher"), at("receiver"));
        let (postgres, kafka, planes) = tokio::join!(
            Postgres::start(&postgres_folder),
            tokio::task::spawn_blocking(|| Kafka::start(Access::Anybody)),
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
        for (name, function) in functions.iter().filter(|(name, _)| !WORKERS.contains(name)) {
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
            receiver: Mutex::new((receiver, Some(receiving))),
            kafka_address: kafka.address(),
            kafka: Arc::new(std::sync::Mutex::new(kafka)),
            database_url: postgres.url().to_owned(),
            postgres: Mutex::new(postgres),
            environment,
            folder,
        };
        cluster.run("migrate", &[])?;
        cluster.run("relay-log", &["create-topics"])?;
        cluster.receive().await?;
        cluster.gateway.up().await?;
        cluster.scale(settings.cooldown)?;
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
        let options: PgConnectOptions = self.database_url.parse().expect("the address is one");
        PgPoolOptions::new()
            .max_connections(2)
            .acquire_timeout(Duration::from_secs(2))
            .connect_lazy_with(options)
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

    /// Whether none of our processes runs, save the gateway.
    pub async fn is_idle(&self) -> bool {
        for function in self.functions.values() {
            if function.running().await.is_some() {
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

    /// Gives the receiver its topics, and waits until it knows them: before, it would refuse a dead letter, which then is
    /// lost.
    async fn receive(&self) -> anyhow::Result<()> {
        let sinks = manifest::all("KafkaSink")?;
        let mut receiver = self.receiver.lock().await;
        receiver.0.put(&contract::of_sinks(&sinks, &self.consumers.addresses))?;
        let began = tokio::time::Instant::now();
        let known = format!("/dormouse/{}", sinks.keys().next().context("there is a sink")?);
        let client = self.consumers.addresses.receiver;
        while !takes(client, &known).await {
            anyhow::ensure!(began.elapsed() < PATIENCE, "no receiver: {}", receiver.0.log()?);
            sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    fn scale(&mut self, cooldown: Option<Duration>) -> anyhow::Result<()> {
        let sources = Sources {
            database: self.pool(),
            kafka: self.kafka_client(),
        };
        for (name, scaled) in manifest::all::<ScaledObject>("ScaledObject")? {
            let sources = sources.clone();
            let target = scaled.scale_target_ref.name.as_str();
            let target = if scaled.scale_target_ref.kind == "KafkaSource" {
                Target::Consumers(Arc::clone(&self.consumers), target.to_owned())
            } else {
                let worker = self.functions.get(target);
                Target::Worker(Arc::clone(
                    worker.with_context(|| format!("{name}: there is no {target}"))?,
                ))
            };
            self.scalers.spawn(scaler::follow(scaled, sources, cooldown, target));
        }
        Ok(())
    }
}

/// Whether the receiver has a topic behind `path`: an event that is none is a fault of the sender's then.
async fn takes(receiver: SocketAddr, path: &str) -> bool {
    let client = reqwest::Client::builder().no_proxy().build();
    let Ok(client) = client else { return false };
    let answer = client.post(format!("http://{receiver}{path}")).send().await;
    answer.is_ok_and(|answer| answer.status() == reqwest::StatusCode::BAD_REQUEST)
}

/// What every function finds in its environment.
fn environment(
    settings: &Settings,
    postgres: &Postgres,
    kafka: &Kafka,
    folder: &Path,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut environment = settings.environment.clone();
    let mut set = |name: &str, value: &str| drop(environment.insert(name.to_owned(), value.to_owned()));
    set("DATABASE_URL", postgres.url());
    set("KAFKA_BOOTSTRAP_SERVERS", &kafka.address().to_string());
    if settings.has_users {
        let keys = folder.join("jwks.json");
        std::fs::write(&keys, issuer::key().to_key_set_json())?;
        set("AUTH_JWKS_FILE", &keys.display().to_string());
        set("AUTH_ISSUER", issuer::ISSUER);
        set("AUTH_AUDIENCE", issuer::AUDIENCE);
    }
    Ok(environment)
}

/// Every function but the gateway.
fn functions(
    sources: &BTreeMap<String, KafkaSource>,
    settings: &Settings,
    environment: &BTreeMap<String, String>,
    logs: &Path,
) -> anyhow::Result<BTreeMap<&'static str, Arc<Deployment>>> {
    let reacting = ["on-reminder-due", "on-task-completed"];
    for source in sources.values() {
        let name = &source.sink.reference.name;
        anyhow::ensure!(reacting.contains(&name.as_str()), "there is no function {name}");
    }
    let names = gateway::routes::functions().into_iter().chain(reacting).chain(WORKERS);
    let deployment = |name| {
        let binary = settings.instead.get(name).copied().unwrap_or(name);
        let deployment = Deployment::new(name, binary, environment.clone(), logs);
        (name, Arc::new(deployment))
    };
    Ok(names.map(deployment).collect())
}

fn gateway(addresses: &Addresses, environment: &BTreeMap<String, String>, logs: &Path) -> Deployment {
    let mut environment = environment.clone();
    for (name, address) in &addresses.functions {
        let variable = format!("FUNCTION_{}_URL", name.to_uppercase().replace('-', "_"));
        environment.insert(variable, format!("http://{address}"));
    }
    environment.insert("PORT".to_owned(), own_address().port().to_string());
    environment.insert("RATE_LIMIT_PER_MINUTE".to_owned(), "1000000".to_owned());
    Deployment::new("gateway", "gateway", environment, logs)
}
