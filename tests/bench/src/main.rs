//! Measures speed and memory against the goals of the design: both sides of every ratio in one run on one machine, in
//! alternating rounds, on a private PostgreSQL with its production settings.

mod chain;
mod cluster;
mod cold_start;
mod create;
mod dispatcher;
mod gateway;
mod http_load;
mod issuer;
mod ladder;
mod lateness;
mod list;
mod machine;
mod memory;
mod missing;
mod pace;
mod pgbench;
mod plan;
mod procfs;
mod program;
mod recurrence;
mod relay;
mod report;
mod sample;
mod serve;
mod sql_load;
mod statistics;
mod streams;
mod window;

use std::process::ExitCode;

use clap::Parser;
use plan::{Plan, What};
use report::Report;
use runtime::run::{exit_code, stop_on_signal};
use serve::Served;

/// Measures Dormouse on this machine, which should have nothing else to do.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure [default: everything]
    #[arg(value_enum)]
    what: Vec<What>,
    /// How often each side is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,
    /// A few short rounds, to see that everything still runs; the figures mean little
    #[arg(long)]
    quick: bool,
    /// How many tasks other accounts have beside the one whose lists are measured; 9000000 makes ten million in all
    #[arg(long, default_value_t = 1_000_000)]
    others_tasks: u32,
    /// Be the server that is measured
    #[arg(long, hide = true, value_enum)]
    serve: Option<Served>,
}

fn main() -> ExitCode {
    exit_code(begin(Arguments::parse()))
}

fn begin(arguments: Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        if let Some(served) = arguments.serve {
            return serve::serve(served).await;
        }
        let stop = stop_on_signal()?;
        let plan = Plan::new(arguments.rounds, arguments.quick, arguments.others_tasks);
        // Dropping the measurement ends its server and its processes.
        stop.run_until_cancelled(measure(&plan, &arguments.what))
            .await
            .unwrap_or_else(|| Err(anyhow::anyhow!("stopped before everything was measured")))
    })
}

async fn measure(plan: &Plan, wanted: &[What]) -> anyhow::Result<()> {
    let mut report = Report::begin(plan)?;
    for what in wanted {
        let missing = missing::of(*what);
        anyhow::ensure!(
            missing.is_empty(),
            "{what} cannot be measured: missing is {}",
            missing.join(", ")
        );
    }
    for what in What::all(wanted) {
        let missing = missing::of(what);
        if !missing.is_empty() {
            report::say(&format!("\nLeaving out {what}: missing is {}", missing.join(", ")));
            continue;
        }
        report::say(&format!("\nMeasuring {what} …"));
        let section = match what {
            What::Create => create::measure(plan).await?,
            What::ColdStart => cold_start::measure(plan).await?,
            What::Memory => memory::measure(plan).await?,
            What::Lateness => lateness::measure(plan).await?,
            What::Dispatcher => dispatcher::measure(plan).await?,
            What::Gateway => gateway::measure(plan).await?,
            What::Recurrence => recurrence::measure(plan).await?,
            What::List => list::measure(plan).await?,
            What::Streams => streams::measure(plan).await?,
            What::Relay => relay::measure(plan).await?,
            What::Chain => chain::measure(plan).await?,
        };
        report.add(section);
    }
    report.finish()
}
