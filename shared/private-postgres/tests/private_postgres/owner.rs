//! A server owned by a process that a test may kill.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use private_postgres::PrivatePostgres;

use crate::support::{options, write_note};

/// Another process of this very program that owns a server, until it is killed.
pub(crate) struct Owner {
    pub(crate) process: Child,
    pub(crate) server: u32,
}

impl Owner {
    pub(crate) fn start(folder: &Path, die_with_parent: bool) -> Self {
        let mut process = Self::spawn(folder, die_with_parent);
        let output = BufReader::new(process.stdout.take().unwrap());
        let server = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("server ")?.parse().ok())
            .expect("the owner starts its server");
        Self { process, server }
    }

    pub(crate) fn spawn(folder: &Path, die_with_parent: bool) -> Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "owner::own_a_server", "--ignored", "--nocapture"])
            .env("OWNED_FOLDER", folder)
            .env("DIE_WITH_PARENT", die_with_parent.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn kill(mut self) -> u32 {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.server
    }
}

/// Not a test: what [`Owner`] runs.
#[tokio::test]
#[ignore = "runs only as a process that other tests kill"]
async fn own_a_server() {
    let Some(folder) = std::env::var_os("OWNED_FOLDER") else {
        return;
    };
    let die = std::env::var("DIE_WITH_PARENT").is_ok_and(|value| value == "true");
    let server = PrivatePostgres::start(options(Path::new(&folder)).die_with_parent(die))
        .await
        .unwrap();
    write_note(&server).await;
    println!("\nserver {}", server.pid());
    std::io::stdout().flush().unwrap();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
}
