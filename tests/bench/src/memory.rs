//! Resident memory of every idle process: each function in its own, and `dormouse`.

use std::{fs, path::Path, time::Duration};

use http::Method;

use crate::{
    cluster::{BenchDatabase, Cluster},
    http_load::Client,
    plan::Plan,
    procfs::{self, Memory},
    program::{self, Program, Says},
    report::Section,
    sample,
};

const HOW: &[&str] = &[
    "Binaries of this build's release profile, each after one answered request that reached PostgreSQL, then 5 s of rest.",
    "RSS is VmRSS of /proc/<pid>/status; PSS of smaps_rollup counts pages that several processes share by their part.",
];

/// What is no process that waits: jobs that end.
const JOBS: [&str; 2] = ["migrate", "reconcile"];
const DORMOUSE: &str = "dormouse";

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(&[]).await?;
    let mut section = Section::new("memory", cluster.version(), HOW);
    let database = cluster.database("functions").await?;
    let whole = cluster.database("whole").await?;
    let names = functions()?;
    let mut all: Vec<Vec<Memory>> = vec![Vec::new(); names.len()];
    for _ in 0..plan.pick(plan.rounds, 1) {
        let memories = round(plan, &names, &database, &whole).await?;
        for (memories, memory) in all.iter_mut().zip(memories) {
            memories.push(memory);
        }
    }
    let mib = |kib: f64| kib / 1024.0;
    for (name, memories) in names.iter().zip(all) {
        let resident = memories.iter().map(|memory| mib(memory.resident)).collect();
        if name == DORMOUSE {
            section.figure(format!("{name}: RSS"), "MiB", resident);
        } else {
            section.figure_for(Some("≤ 10"), format!("{name}: RSS"), "MiB", resident);
        }
        let proportional = memories.iter().map(|memory| mib(memory.proportional)).collect();
        section.figure(format!("{name}: PSS"), "MiB", proportional);
    }
    cluster.stop().await?;
    Ok(section)
}

/// Starts all of them, lets them rest, and looks at each.
async fn round(
    plan: &Plan,
    names: &[String],
    database: &BenchDatabase,
    whole: &BenchDatabase,
) -> anyhow::Result<Vec<Memory>> {
    let mut programs = Vec::new();
    for name in names {
        programs.push(awake(name, if name == DORMOUSE { whole } else { database }).await?);
    }
    tokio::time::sleep(plan.pick(Duration::from_secs(5), Duration::from_secs(1))).await;
    let memories = programs.iter().map(|program| procfs::memory_of(program.pid)).collect();
    for program in programs {
        program.end().await?;
    }
    memories
}

/// Starts `name` and has it answer one request.
async fn awake(name: &str, database: &BenchDatabase) -> anyhow::Result<Program> {
    let mut command = program::command(program::binary(name)?);
    command.env("DATABASE_URL", &database.url);
    // Nothing is there, and nothing is asked.
    command
        .env("FUNCTIONS_URL", "http://127.0.0.1:1")
        .env("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1");
    let says = if name == DORMOUSE { Says::Output } else { Says::Log };
    let program = Program::start(command, says).await?;
    let (method, path, body) = match name {
        "create-task" | DORMOUSE => (Method::POST, "/v1/tasks", sample::BODY),
        "list-tasks" => (Method::GET, "/v1/tasks", ""),
        "notifications" => (Method::GET, "/v1/notifications", ""),
        _ => (Method::GET, "/readyz", ""),
    };
    let mut client = Client::connect(program.address).await?;
    let (status, _) = client.send(method, path, 0, body).await?;
    anyhow::ensure!(status.is_success(), "{name} answered {path} with {status}");
    Ok(program)
}

/// Every function that waits for something: the folders of `functions/`.
fn functions() -> anyhow::Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !JOBS.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
