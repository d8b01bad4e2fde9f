//! A real Kafka: one broker in KRaft mode, of its published jars, with a log of its own.

use std::{
    fs,
    io::Write as _,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context;
use nix::unistd::Pid;

use crate::{folder::Folder, process::Process};

/// How long a broker may take to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// Enough for a broker that has little to do: a serial collector and the first compiler alone start soonest.
const JVM: [&str; 5] = [
    "-Xms64m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Djava.awt.headless=true",
];

/// Who may speak to a broker, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, in the clear.
    Anybody,
    /// [`USER`] with [`PASSWORD`], by SCRAM-SHA-256.
    Scram,
}

/// Whom a broker with [`Access::Scram`] knows.
pub const USER: &str = "dormouse";
/// That user's password.
pub const PASSWORD: &str = "acorns-and-hazelnuts";

/// A broker, which ends with this.
#[derive(Debug)]
pub struct Kafka {
    // Before the folder, where it writes.
    process: Option<Process>,
    folder: Folder,
    classpath: String,
    address: SocketAddr,
}

impl Kafka {
    /// Starts one on a free port, with an empty log.
    ///
    /// # Errors
    /// Its jars are not there and cannot be had, or it does not start.
    pub fn start(access: Access) -> anyhow::Result<Self> {
        let folder = Folder::new("dormouse-kafka-")?;
        let (address, controller) = (testing::own_address(), testing::own_address());
        let mut broker = Self {
            classpath: classpath()?,
            folder,
            address,
            process: None,
        };
        fs::write(
            broker.properties(),
            properties(broker.folder.path(), access, address, controller),
        )?;
        broker.format(access)?;
        broker.run()?;
        Ok(broker)
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    ///
    /// # Panics
    /// It was killed.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.process.as_ref().expect("it runs").pid()
    }

    /// Ends it at once, as a power cut would, save that the machine keeps what was written.
    ///
    /// # Errors
    /// It cannot be ended.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(mut process) = self.process.take() {
            process.end()?;
        }
        Ok(())
    }

    /// Starts it again, with what its log holds.
    ///
    /// # Errors
    /// It does not start.
    pub fn run(&mut self) -> anyhow::Result<()> {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("broker.log"))?;
        let mut command = self.java("kafka.Kafka");
        command.arg(self.properties()).stderr(log.try_clone()?).stdout(log);
        self.process = Some(Process::start(&mut command)?);
        // It accepts once it is registered, and not before.
        let began = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let process = self.process.as_mut().context("it was started")?;
            let is_over = process.has_ended() || began.elapsed() > PATIENCE;
            anyhow::ensure!(!is_over, "the broker did not start:\n{}", self.log()?);
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn format(&self, access: Access) -> anyhow::Result<()> {
        let mut command = self.java("kafka.tools.StorageTool");
        command
            .args(["format", "-t", "ZG9ybW91c2UtZm9yLXRlc3", "-c"])
            .arg(self.properties());
        if access == Access::Scram {
            command.args([
                "--add-scram",
                &format!("SCRAM-SHA-256=[name={USER},password={PASSWORD}]"),
            ]);
        }
        let output = command.output().context("cannot run java")?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(
            output.status.success(),
            "the broker's folder cannot be prepared:\n{said}"
        );
        Ok(())
    }

    fn java(&self, class: &str) -> Command {
        let mut command = Command::new("java");
        command
            .args(JVM)
            .arg("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
            .arg(format!("-Dkafka.logs.dir={}", self.folder.path().display()))
            .args(["-cp", &self.classpath, class]);
        command
    }

    fn properties(&self) -> PathBuf {
        self.folder.path().join("server.properties")
    }

    fn log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.path().join("broker.log"))?)
    }
}

/// One process is broker and controller. What is made of it in production, such as the number of replicas, is one here.
fn properties(folder: &Path, access: Access, address: SocketAddr, controller: SocketAddr) -> String {
    let data = folder.join("data");
    let protocol = match access {
        Access::Anybody => "PLAINTEXT",
        Access::Scram => "SASL_PLAINTEXT",
    };
    format!(
        "process.roles=broker,controller\n\
         node.id=1\n\
         controller.quorum.voters=1@{controller}\n\
         listeners=CLIENT://{address},CONTROLLER://{controller}\n\
         advertised.listeners=CLIENT://{address}\n\
         controller.listener.names=CONTROLLER\n\
         inter.broker.listener.name=CLIENT\n\
         listener.security.protocol.map=CLIENT:{protocol},CONTROLLER:PLAINTEXT\n\
         sasl.enabled.mechanisms=SCRAM-SHA-256\n\
         sasl.mechanism.inter.broker.protocol=SCRAM-SHA-256\n\
         listener.name.client.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule \
         required username=\"{USER}\" password=\"{PASSWORD}\";\n\
         log.dirs={data}\n\
         auto.create.topics.enable=false\n\
         offsets.topic.replication.factor=1\n\
         transaction.state.log.replication.factor=1\n\
         transaction.state.log.min.isr=1\n\
         group.initial.rebalance.delay.ms=0\n\
         # A broker that was killed is registered until this is over, and cannot start before.\n\
         broker.session.timeout.ms=3000\n\
         broker.heartbeat.interval.ms=500\n\
         log.cleaner.dedupe.buffer.size=4194304\n",
        data = data.display()
    )
}

/// The jars, which Maven fetches once into this build's folder.
fn classpath() -> anyhow::Result<String> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("kafka");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/rig/kafka");
    let whole = folder.join("whole");
    fs::create_dir_all(&folder)?;
    // Tests start brokers side by side.
    let lock = fs::File::create(folder.join("lock"))?;
    lock.lock()?;
    if !whole.exists() {
        say("Fetching Kafka's jars (about 45 MiB, once) …")?;
        let status = Command::new("mvn")
            .args([
                "--batch-mode",
                "--quiet",
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
            ])
            .arg(format!("-DoutputDirectory={}", folder.display()))
            .arg("--file")
            .arg(project.join("pom.xml"))
            .stdout(Stdio::null())
            .status()
            .context("cannot run mvn: Maven is missing")?;
        anyhow::ensure!(status.success(), "Maven could not fetch Kafka's jars");
        fs::write(&whole, "")?;
    }
    Ok(format!("{}/*", folder.canonicalize()?.display()))
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{text}")?)
}
