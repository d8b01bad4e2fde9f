//! Nothing of a cluster outlives who started it, however that ends.

use std::{
    collections::BTreeSet,
    env,
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use rig::cluster::{Cluster, Settings};
use testing::eventually;

/// What stands before its folder where the one who has started a cluster says it.
const SAID: &str = "its folder is ";

/// A process with a cluster.
struct Holder {
    process: Child,
    /// Or it could not say anything more.
    _output: BufReader<ChildStdout>,
    /// What the cluster has written.
    folder: PathBuf,
    /// Every process that it has started, directly or not.
    started: BTreeSet<u32>,
}

impl Holder {
    fn start() -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "ends::holds_a_cluster_until_it_panics", "--ignored"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let said = output.by_ref().lines().map_while(Result::ok);
        let folder = { said }.find_map(|line| Some(line.strip_prefix(SAID)?.into()));
        Self {
            started: descendants(process.id()),
            folder: folder.expect("it starts one"),
            process,
            _output: output,
        }
    }

    async fn leaves_nothing(&mut self) {
        assert!(!self.process.wait().unwrap().success());
        assert!(self.started.len() > 10, "it had started something: {:?}", self.started);
        let left = || {
            let running = processes();
            let of_it = |(pid, _, command): &&(u32, u32, String)| {
                self.started.contains(pid) || command.contains(&*self.folder.display().to_string())
            };
            running.iter().filter(of_it).cloned().collect::<Vec<_>>()
        };
        eventually("its processes and its folder are gone", async || {
            left().is_empty() && !self.folder.exists()
        })
        .await;
    }
}

/// The number, the parent and the command of every process of this machine.
fn processes() -> Vec<(u32, u32, String)> {
    let output = Command::new("ps")
        .args(["-axww", "-o", "pid=,ppid=,command="])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let read = |line: &str| {
        let mut words = line.split_whitespace();
        let (pid, parent) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some((pid, parent, words.collect::<Vec<_>>().join(" ")))
    };
    // One that has ended and was not waited for yet is none.
    text.lines()
        .filter_map(read)
        .filter(|(_, _, command)| !command.contains("<defunct>"))
        .collect()
}

fn descendants(of: u32) -> BTreeSet<u32> {
    let running = processes();
    let (mut found, mut before) = (BTreeSet::from([of]), 0);
    while found.len() > before {
        before = found.len();
        let children = running.iter().filter(|(_, parent, _)| found.contains(parent));
        found.extend(children.map(|(pid, ..)| *pid).collect::<Vec<_>>());
    }
    found.remove(&of);
    found
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the tests below start it"]
async fn holds_a_cluster_until_it_panics() {
    let cluster = Cluster::start(Settings::default()).await.unwrap();
    cluster.function("create-task").up().await.unwrap();
    writeln!(std::io::stdout(), "\n{SAID}{}", cluster.folder().display()).unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
    panic!("it was to");
}

#[tokio::test(flavor = "multi_thread")]
async fn panic_leaves_nothing_behind() {
    let mut holder = Holder::start();
    writeln!(holder.process.stdin.take().unwrap()).unwrap();
    holder.leaves_nothing().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_leaves_nothing_behind() {
    let mut holder = Holder::start();
    holder.process.kill().unwrap();
    holder.leaves_nothing().await;
}
