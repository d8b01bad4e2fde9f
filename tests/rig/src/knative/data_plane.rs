//! One process of the data plane.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{archive, jars};
use crate::{java, process::Process};

const PACKAGE: &str = "dev.knative.eventing.kafka.broker";
/// Enough for what has little to do: a serial collector and the first compiler alone start soonest.
const JVM: [&str; 6] = [
    "-Xms32m",
    "-Xmx160m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    // It would keep them in a folder of the machine's.
    "-XX:-UsePerfData",
];
const LOG: &str = r#"<configuration><appender name="o" class="ch.qos.logback.core.ConsoleAppender"><encoder>
<pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n%ex{3}</pattern></encoder></appender>
<logger name="dev.knative" level="INFO"/><root level="WARN"><appender-ref ref="o"/></root></configuration>
"#;

/// Marks of theirs, for what Kubernetes asks; their places are fixed, and the same for all of a machine.
pub const MARKS: &[&str] = &["/tmp/healthy"];

/// Which process of the data plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// From topics to functions.
    Dispatcher,
    /// From whoever has an event to topics, at this address.
    Receiver(SocketAddr),
}

/// A process of the data plane.
#[derive(Debug)]
pub struct DataPlane {
    pub(super) part: Part,
    /// Its settings, contract and log.
    folder: PathBuf,
    jars: PathBuf,
    /// The option that says what becomes of its classes.
    archive: String,
    generation: u64,
}

impl Part {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Dispatcher => "dispatcherloom",
            Self::Receiver(_) => "receiverloom",
        }
    }

    /// The settings' names in the environment, and the files that are shipped.
    fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Dispatcher => &[
                ("CONSUMER_CONFIG_FILE_PATH", "config-kafka-source-consumer.properties"),
                ("PRODUCER_CONFIG_FILE_PATH", "config-kafka-source-producer.properties"),
                ("WEBCLIENT_CONFIG_FILE_PATH", "config-kafka-source-webclient.properties"),
            ],
            Self::Receiver(_) => &[
                ("PRODUCER_CONFIG_FILE_PATH", "config-kafka-sink-producer.properties"),
                ("HTTPSERVER_CONFIG_FILE_PATH", "config-kafka-sink-httpserver.properties"),
            ],
        }
    }
}

impl DataPlane {
    /// Prepares one in `folder`, with a contract of nothing.
    ///
    /// # Errors
    /// Its jars are not there and cannot be built, or the folder cannot be written.
    pub fn prepare(part: Part, folder: &Path) -> anyhow::Result<Self> {
        let jars = jars::folder()?;
        for below in ["contract", "observability", "features"] {
            fs::create_dir_all(folder.join(below))?;
        }
        fs::write(folder.join("logback.xml"), LOG)?;
        for (_, file) in part.settings() {
            let mut text = fs::read_to_string(jars.join("config").join(file))?;
            if file.ends_with("httpserver.properties") {
                text.push_str("\nhost=127.0.0.1\n");
            }
            fs::write(folder.join(file), text)?;
        }
        let mut prepared = Self {
            part,
            folder: folder.to_owned(),
            jars,
            archive: String::new(),
            generation: 0,
        };
        prepared.archive = java::archive(&prepared.jars.clone(), part.name(), |archive| {
            archive.clone_into(&mut prepared.archive);
            Ok((archive::start_loaded(&mut prepared)?, ()))
        })?;
        prepared.put(&[])?;
        Ok(prepared)
    }

    /// Replaces the contract, also of a process that runs: it watches for a file that is renamed.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn put(&mut self, resources: &[Value]) -> anyhow::Result<()> {
        self.generation += 1;
        let contract = json!({"generation": self.generation.to_string(), "resources": resources});
        let new = self.folder.join("contract.new");
        fs::write(&new, contract.to_string())?;
        Ok(fs::rename(new, self.folder.join("contract/data"))?)
    }

    /// Starts its process.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn start(&self) -> anyhow::Result<Process> {
        let (name, at) = (self.part.name(), |below: &str| self.folder.join(below));
        let log = fs::File::options().create(true).append(true).open(at("log"))?;
        let mut command = Command::new(java::java()?);
        command
            .args(JVM)
            .arg(format!("-Djava.io.tmpdir={}", self.folder.display()))
            .arg(format!("-Dlogback.configurationFile={}", at("logback.xml").display()))
            .arg(&self.archive)
            .args(["-Xlog:disable", "-Xlog:all=error:stderr", "-cp"])
            .arg(java::classpath(&self.jars.join("lib"))?)
            .arg(format!("{PACKAGE}.{name}.Main"))
            // No cluster is asked: these keep a stray configuration of one from being read.
            .env("KUBECONFIG", at("none"))
            .envs([
                ("KUBERNETES_AUTH_TRYKUBECONFIG", "false"),
                ("KUBERNETES_AUTH_TRYSERVICEACCOUNT", "false"),
                ("HTTP2_DISABLE", "true"),
                ("SERVICE_NAME", name),
                ("SERVICE_NAMESPACE", "dormouse"),
                ("INSTANCE_ID", name),
                ("WAIT_STARTUP_SECONDS", "30"),
                ("EGRESSES_INITIAL_CAPACITY", "20"),
                ("METRICS_PUBLISH_QUANTILES", "false"),
                ("METRICS_JVM_ENABLED", "false"),
                ("METRICS_HOST", "127.0.0.1"),
                ("LIVENESS_PROBE_PATH", "/healthz"),
                ("READINESS_PROBE_PATH", "/readyz"),
                ("INGRESS_TLS_PORT", "0"),
            ])
            .env("CONFIG_OBSERVABILITY_PATH", at("observability"))
            .env("CONFIG_FEATURES_PATH", at("features"))
            .env("DATA_PLANE_CONFIG_FILE_PATH", at("contract/data"))
            .envs(self.part.settings().iter().map(|(variable, file)| (variable, at(file))))
            .stderr(log.try_clone()?)
            .stdout(log);
        if let Part::Receiver(address) = self.part {
            command.env("INGRESS_PORT", address.port().to_string());
        }
        Process::start(&mut command)
    }

    /// What its processes have said.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.join("log"))?)
    }
}
