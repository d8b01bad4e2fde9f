//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use domain::Offset;
use kafka::topics::CONSUMERS;
use runtime::configuration::Settings;
use storage::PgConnectOptions;
use uuid::Uuid;

/// Keeps your tasks, reminds you at the right moment, and makes the next occurrence of what repeats.
///
/// Without a command it serves until it is told to stop. Environment variables say the same and more; see README.md.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// Where to listen [default: 127.0.0.1:8080, or BIND_ADDRESS and PORT]
    #[arg(long, value_name = "ADDRESS:PORT", global = true)]
    listen: Option<SocketAddr>,
    /// Where the private PostgreSQL keeps its data, and `token` its key
    #[arg(long, value_name = "FOLDER", default_value = ".dormouse", global = true)]
    pub(crate) data_dir: PathBuf,
    /// A PostgreSQL to use instead of a private one [default: DATABASE_URL]
    #[arg(long, value_name = "URL", global = true)]
    database_url: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// An operator's command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// One that looks into the data.
    #[command(flatten)]
    OnData(OnData),
    /// Prints a token to develop with, and how to serve those who bring one
    Token(Token),
}

/// An operator's command that looks into the data.
#[derive(Debug, Subcommand)]
pub enum OnData {
    /// Shows what could not be delivered, and has it tried again
    #[command(subcommand)]
    DeadLetters(DeadLetters),
    /// Recomputes every user's hash chain and names the first bad event of each
    Verify,
    /// Begins a new era after the database was restored or moved, so that positions handed out before are refused
    RenewEra,
}

/// What a token is to say.
#[derive(Debug, Clone, Args)]
pub struct Token {
    /// Whose it is: any name
    #[arg(long, visible_alias = "sub", value_name = "NAME")]
    pub user: String,
    /// How long it is good: up to 366 days
    #[arg(long, value_name = "DURATION", default_value = "P30D")]
    pub expires: Offset,
    /// Who says so [default: AUTH_ISSUER, or dormouse-token]
    #[arg(long, value_name = "NAME")]
    pub issuer: Option<String>,
    /// For whom [default: AUTH_AUDIENCE, or dormouse]
    #[arg(long, value_name = "NAME")]
    pub audience: Option<String>,
}

/// What to do with dead letters.
#[derive(Debug, Subcommand)]
pub enum DeadLetters {
    /// Lists them, the newest first
    List {
        /// The most to list
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        /// Which.
        #[command(flatten)]
        filter: Filter,
    },
    /// Shows one with its event
    Show {
        /// Its id, as `list` prints it
        id: String,
    },
    /// Has one tried again, or all that the filters take
    Replay {
        /// Its id, as `list` prints it
        #[arg(required_unless_present = "all", conflicts_with_all = ["all", "Filter"])]
        id: Option<String>,
        /// All of them, or those that the filters take
        #[arg(long)]
        all: bool,
        /// Which.
        #[command(flatten)]
        filter: Filter,
    },
}

/// Which dead letters are meant: those that every filter takes.
#[derive(Debug, Clone, Default, Args)]
pub struct Filter {
    /// Those of this function, such as on-reminder-due
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(CONSUMERS))]
    pub function: Option<String>,
    /// Those of this user's events
    #[arg(long, value_name = "UUID")]
    pub user: Option<Uuid>,
    /// Those of events of this type, such as todo.reminder.due
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Those that died then or later, such as 2026-12-01T09:00:00Z
    #[arg(long, value_name = "INSTANT")]
    pub since: Option<DateTime<Utc>>,
    /// Those that died before
    #[arg(long, value_name = "INSTANT")]
    pub until: Option<DateTime<Utc>>,
    /// Those with this in their error, in upper or lower case
    #[arg(long, value_name = "TEXT")]
    pub error: Option<String>,
}

impl Arguments {
    /// What a person typed outweighs the environment.
    pub(crate) fn apply(&self, settings: &mut Settings) -> anyhow::Result<()> {
        if let Some(listen) = self.listen {
            settings.bind_address = listen.ip();
            settings.port = listen.port();
        }
        if let Some(url) = &self.database_url {
            let options = url.parse::<PgConnectOptions>();
            settings.database = Some(options.map_err(|_| {
                anyhow::anyhow!("--database-url is no URL such as postgres://user:password@host:5432/database")
            })?);
            settings.database_direct = None;
        }
        Ok(())
    }
}
