//! Every function in one process, and the operator's commands.

mod backlog;
pub mod cli;
pub mod delivery;
pub mod functions;
pub mod operator;
pub mod process;
mod serve;
mod source;
mod welcome;

use cli::{Arguments, Command, OnData};
use operator::dead_letters::Places;
use runtime::{
    configuration::{Defaults, Settings},
    run::stop_on_signal,
    shutdown, telemetry,
};
use source::Source;

/// Does what the command line asks.
///
/// # Errors
/// What could not be done, in words for the person who asked.
pub fn run(mut arguments: Arguments) -> anyhow::Result<()> {
    let command = match arguments.command.take() {
        // Before anything is configured: it is what configuring begins with.
        Some(Command::Token(command)) => return operator::token::run(&command, &arguments.data_dir),
        Some(Command::OnData(command)) => Some(command),
        None => None,
    };
    let mut settings = Settings::read(Defaults::DORMOUSE, |name| std::env::var(name).ok())?;
    arguments.apply(&mut settings)?;
    telemetry::begin_logging(settings.log_format, &settings.log_filter)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let folder = arguments.data_dir;
        match command {
            None => serve::serve(settings, &folder).await,
            Some(command) => operate(command, &settings, &folder).await,
        }
    });
    // What works on for a request that nobody waits for any more is not waited for either.
    runtime.shutdown_background();
    result
}

async fn operate(command: OnData, settings: &Settings, folder: &std::path::Path) -> anyhow::Result<()> {
    let stop = stop_on_signal()?;
    let kafka = match &command {
        OnData::DeadLetters(_) => kafka::Settings::read_if_set(|name| std::env::var(name).ok())?,
        OnData::Verify | OnData::RenewEra => None,
    };
    let mut source = None;
    // What is in Kafka can be seen to without a database.
    if kafka.is_none() || Source::is_at_hand(settings, folder) {
        source = Source::reach(settings, folder, stop.clone()).await?;
        if source.is_none() {
            return Ok(());
        }
    }
    let database = source.as_ref().map(|source| source.database(settings));
    let operation = async {
        match (command, &database) {
            (OnData::DeadLetters(command), _) => {
                let database = database.clone();
                operator::dead_letters::run(command, &Places { database, kafka }).await
            }
            (OnData::Verify, Some(database)) => operator::verify::run(database).await,
            (OnData::RenewEra, Some(database)) => operator::era::renew(database).await,
            (OnData::Verify | OnData::RenewEra, None) => anyhow::bail!("there is no database"),
        }
    };
    // A server that was started for it is stopped in any case.
    let result = stop.run_until_cancelled(operation).await;
    if let Some(database) = &database {
        shutdown::close(database).await;
    }
    if let Some(source) = source {
        source.stop().await?;
    }
    result.unwrap_or_else(|| Err(anyhow::anyhow!("stopped before it was done")))
}
