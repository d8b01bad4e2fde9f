//! From exec to the first answered `POST /v1/tasks` of the `create-task` binary, against the least it could be: a
//! bare responder's first answer, and a bare connection to PostgreSQL with one INSERT.

use std::time::Instant;

use http::Method;
use runtime::Clock;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{
    cluster::{BenchDatabase, Cluster, run},
    http_load::Client,
    plan::Plan,
    program::{self, Program, Says},
    report::Section,
    sample,
};

const HOW: &[&str] = &[
    "From just before the spawn, over the line that says where the program listens, to the end of the first answer.",
    "Binaries of this build's release profile, not static ones; page cache warm. The three take turns.",
    "PostgreSQL: sqlx connects by its Unix socket with a password (SCRAM), as create-task does, and inserts one row.",
];

/// One program's start, in ms.
#[derive(Debug, Clone, Copy)]
struct Started {
    listening: f64,
    answered: f64,
}

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let cluster = Cluster::start(&[]).await?;
    let database = cluster.database("cold_start").await?;
    run(&mut database.connect().await?, sample::PLAIN_TABLE.to_owned()).await?;
    let (mut function, mut bare, mut postgres) = (Vec::new(), Vec::new(), Vec::new());
    // The first turn fills caches, and counts for nothing.
    let turns = 1 + plan.pick(plan.rounds.max(20), 5);
    for turn in 0..turns {
        let (f, b, p) = (
            start("create-task", &database).await?,
            start("bare-responder", &database).await?,
            connect_and_insert(&database).await?,
        );
        if turn > 0 {
            function.push(f);
            bare.push(b);
            postgres.push(p);
        }
    }
    let mut section = Section::new("cold start", cluster.version(), HOW);
    tell(&mut section, &function, &bare, &postgres);
    cluster.stop().await?;
    Ok(section)
}

fn tell(section: &mut Section, function: &[Started], bare: &[Started], postgres: &[f64]) {
    let answered = |all: &[Started]| -> Vec<f64> { all.iter().map(|started| started.answered).collect() };
    section.figure(
        "create-task: exec → listening",
        "ms",
        function.iter().map(|started| started.listening).collect(),
    );
    section.figure("create-task: exec → first answer", "ms", answered(function));
    section.figure("bare responder: exec → first answer", "ms", answered(bare));
    section.figure("PostgreSQL: connect and INSERT", "ms", postgres.to_vec());
    let ratios = answered(function)
        .iter()
        .zip(answered(bare))
        .zip(postgres)
        .map(|((function, bare), postgres)| function / (bare + postgres))
        .collect();
    section.figure_for(Some("≤ 3"), "create-task ÷ (bare responder + PostgreSQL)", "×", ratios);
}

async fn start(name: &str, database: &BenchDatabase) -> anyhow::Result<Started> {
    let mut command = program::command(program::binary(name)?);
    command.env("DATABASE_URL", &database.url);
    let began = Instant::now();
    let program = Program::start(command, Says::Log).await?;
    let listening = began.elapsed();
    let mut client = Client::connect(program.address).await?;
    let (status, _) = client.send(Method::POST, "/v1/tasks", 0, sample::BODY).await?;
    let answered = began.elapsed();
    anyhow::ensure!(status.is_success(), "{name} answered {status}");
    program.end().await?;
    Ok(Started {
        listening: listening.as_secs_f64() * 1e3,
        answered: answered.as_secs_f64() * 1e3,
    })
}

async fn connect_and_insert(database: &BenchDatabase) -> anyhow::Result<f64> {
    let sql = sample::plain_insert("$1", "$2");
    let began = Instant::now();
    let mut connection = PgConnection::connect_with(&database.options).await?;
    sqlx::query(AssertSqlSafe(sql))
        .bind(sample::user(0).0)
        .bind(Clock::system().new_id())
        .execute(&mut connection)
        .await?;
    let took = began.elapsed();
    connection.close().await?;
    Ok(took.as_secs_f64() * 1e3)
}
