//! Owns a private server until standard input closes: `cargo run --example own_a_server -- FOLDER [die-with-parent]`.
//! Tests kill it to see what becomes of its server.

use std::io::{BufRead, Write};

use private_postgres::{Options, PrivatePostgres};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = arguments.next().ok_or("name the server's folder")?;
    let dies = arguments.next().is_some_and(|argument| argument == "die-with-parent");
    let options = Options::new(folder).setting("fsync", "off").die_with_parent(dies);
    let server = PrivatePostgres::start(options).await?;
    writeln!(std::io::stdout(), "server {}", server.pid())?;
    std::io::stdin().lock().read_line(&mut String::new())?;
    server.stop().await?;
    Ok(())
}
