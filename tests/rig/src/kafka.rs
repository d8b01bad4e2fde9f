//! A real Kafka: one broker in KRaft mode, of its published jars, with a log of its own.

mod access;
pub mod certificates;
mod jars;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context;
use nix::unistd::Pid;

use crate::{folder::Folder, java, process::Process};

pub use self::access::{Access, PASSWORD, USER};

/// How long a broker may take to start, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// Enough for a broker that has little to do: a serial collector and the first compiler alone start soonest.
const JVM: [&str; 6] = [
    "-Xms64m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    // It would keep them in a folder of the machine's.
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
];

/// A broker, which ends with this.
#[derive(Debug)]
pub struct Kafka {
    // Before the folder, where it writes.
    process: Option<Process>,
    folder: PathBuf,
    /// The folder where it is nobody else's.
    _own: Option<Folder>,
    access: Access,
    java: PathBuf,
    classpath: OsString,
    /// The option that says what becomes of its classes.
    archive: String,
    address: SocketAddr,
}

impl Kafka {
    /// Starts one on a free port, with an empty log, in a folder that goes with it.
    ///
    /// # Errors
    /// Its jars are not there and cannot be had, or it does not start.
    pub fn start(access: Access) -> anyhow::Result<Self> {
        let own = Folder::new("dormouse-kafka-", &[])?;
        let broker = Self::start_in(own.path(), access)?;
        Ok(Self {
            _own: Some(own),
            ..broker
        })
    }

    /// Starts one as [`Self::start`] does, in a folder of somebody's.
    ///
    /// # Errors
    /// As of [`Self::start`].
    pub fn start_in(folder: &Path, access: Access) -> anyhow::Result<Self> {
        let archive = java::archive(&jars::folder()?, "kafka", |archive| {
            let own = Folder::new("dormouse-kafka-", &[])?;
            let mut broker = Self::begin(own.path(), Access::Anybody, archive)?;
            Ok((broker.process.take().context("it runs")?, own))
        })?;
        Self::begin(folder, access, &archive)
    }

    fn begin(folder: &Path, access: Access, archive: &str) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let (address, controller) = (testing::own_address(), testing::own_address());
        let mut broker = Self {
            java: java::java()?,
            classpath: java::classpath(&jars::folder()?)?,
            archive: archive.to_owned(),
            folder: folder.to_owned(),
            _own: None,
            access,
            address,
            process: None,
        };
        let (identity, authority) = (broker.file("identity.pem"), broker.file("authority.pem"));
        certificates::make(&address.ip().to_string(), &identity, &authority)?;
        let properties = properties(&broker.folder, address, controller);
        let of_access = access.properties(&identity, &authority);
        fs::write(broker.file("server.properties"), properties + &of_access)?;
        broker.format()?;
        broker.run()?;
        Ok(broker)
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What those who speak to it read of their environment.
    #[must_use]
    pub fn variables(&self) -> BTreeMap<&'static str, String> {
        self.access.variables(self.address, &self.file("authority.pem"))
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
            .open(self.file("broker.log"))?;
        let mut command = self.java("kafka.Kafka");
        command
            .arg(self.file("server.properties"))
            .stderr(log.try_clone()?)
            .stdout(log);
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

    fn format(&self) -> anyhow::Result<()> {
        let mut command = self.java("kafka.tools.StorageTool");
        command
            .args(["format", "-t", "ZG9ybW91c2UtZm9yLXRlc3", "-c"])
            .arg(self.file("server.properties"))
            .args(self.access.arguments());
        let output = command.output().context("cannot run java")?;
        let said = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(
            output.status.success(),
            "the broker's folder cannot be prepared:\n{said}"
        );
        Ok(())
    }

    fn java(&self, class: &str) -> Command {
        let mut command = Command::new(&self.java);
        command
            .args(JVM)
            .arg(&self.archive)
            .arg("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
            .arg(format!("-Dkafka.logs.dir={}", self.folder.display()))
            // It unpacks libraries there, which outlive one that is killed.
            .arg(format!("-Djava.io.tmpdir={}", self.folder.display()))
            .arg("-cp")
            .arg(&self.classpath)
            .arg(class);
        command
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.file("broker.log"))?)
    }
}

/// One process is broker and controller. What is made of it in production, such as the number of replicas, is one here.
fn properties(folder: &Path, address: SocketAddr, controller: SocketAddr) -> String {
    let data = folder.join("data");
    format!(
        "process.roles=broker,controller\n\
         node.id=1\n\
         controller.quorum.voters=1@{controller}\n\
         listeners=CLIENT://{address},CONTROLLER://{controller}\n\
         advertised.listeners=CLIENT://{address}\n\
         controller.listener.names=CONTROLLER\n\
         inter.broker.listener.name=CLIENT\n\
         log.dirs={data}\n\
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
