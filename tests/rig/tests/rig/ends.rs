//! Nothing of a cluster outlives who started it, however that ends.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use journeys::{Api, Users};
use rig::{
    cluster::{Cluster, Settings},
    knative::MARKS,
};
use serde_json::json;
use testing::eventually;

use crate::support::users_behind;

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
    /// What these have in the machine's folder for temporary files, save the cluster's own.
    beside: BTreeSet<PathBuf>,
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
        let (folder, started): (PathBuf, _) = (folder.expect("it starts one"), descendants(process.id()));
        Self {
            beside: beside(&folder, &started),
            started,
            folder,
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
        let is_gone = async || self.beside.iter().all(|file| !file.exists());
        eventually(&format!("{:?} are gone", self.beside), is_gone).await;
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

/// What is neither in `folder` nor of this workspace, in the machine's folder for temporary files, of what `processes` have
/// mapped; nothing where the system does not say it. Marks, which nobody holds open, are among them.
fn beside(folder: &Path, processes: &BTreeSet<u32>) -> BTreeSet<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let maps = processes
        .iter()
        .map(|pid| fs::read_to_string(format!("/proc/{pid}/maps")));
    let files: Vec<_> = maps
        .flat_map(|maps| maps.unwrap_or_default().lines().filter_map(file).collect::<Vec<_>>())
        .collect();
    let is_beside =
        |file: &PathBuf| file.starts_with(env::temp_dir()) && !file.starts_with(folder) && !file.starts_with(workspace);
    let marks = MARKS.iter().map(PathBuf::from);
    files.into_iter().filter(is_beside).chain(marks).collect()
}

/// The file in a line of what is mapped.
fn file(line: &str) -> Option<PathBuf> {
    let path = &line[line.find('/')?..];
    Some(path.into())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the tests below start it"]
async fn holds_a_cluster_until_it_panics() {
    let cluster = Cluster::start(Settings::default()).await.unwrap();
    // What is published is compressed, for which the broker unpacks a library.
    let users = Users::of("ends", Api::at(&format!("http://{}", cluster.address().await.unwrap())));
    let created = users.named("alice").post("/v1/tasks", &json!({"title": "Water"})).await;
    assert_eq!(created.status, 201);
    let pool = cluster.pool();
    eventually("it is published", async || users_behind(&pool).await == 0).await;
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
