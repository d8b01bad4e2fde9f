//! The sides of the comparison, and what is told of them.

use crate::{report::Section, window::Measured};

/// A side of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Plain,
    Sql,
    Held,
    CreateTask,
    Dormouse,
    OneUser,
    Gateway,
}

pub(super) const SIDES: [Side; 7] = [
    Side::Plain,
    Side::Sql,
    Side::Held,
    Side::CreateTask,
    Side::Dormouse,
    Side::OneUser,
    Side::Gateway,
];

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain INSERT (pgbench)",
            Self::Sql => "SQL alone",
            Self::Held => "SQL alone, connections held",
            Self::CreateTask => "HTTP, create-task alone",
            Self::Dormouse => "HTTP, whole dormouse",
            Self::OneUser => "HTTP, create-task alone, one user",
            Self::Gateway => "HTTP, through the gateway with tokens",
        }
    }

    fn goal(self) -> Option<&'static str> {
        match self {
            Self::Sql => Some("≥ 0.55"),
            Self::CreateTask | Self::Dormouse => Some("≥ 0.4, then ≥ 1"),
            Self::Plain | Self::Held | Self::OneUser | Self::Gateway => None,
        }
    }
}

/// The rounds of one side, and how long delivery went on after each.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    pub(super) measured: Vec<Measured>,
    pub(super) drained_ms: Vec<f64>,
}

pub(super) fn tell(section: &mut Section, sides: &[Rounds; SIDES.len()]) {
    let plain = values(&sides[0], |m| m.per_second);
    let plain_cpu = values(&sides[0], Measured::cpu_us);
    for (side, rounds) in SIDES.into_iter().zip(sides) {
        let rates = values(rounds, |m| m.per_second);
        section.figure(side.name(), "/s", rates.clone());
        if side != Side::Plain {
            section.figure_for(
                side.goal(),
                format!("{} ÷ plain", side.name()),
                "×",
                ratios(&rates, &plain),
            );
            let cpu = values(rounds, Measured::cpu_us);
            section.figure(format!("plain's CPU ÷ {}", side.name()), "×", ratios(&plain_cpu, &cpu));
        }
    }
    for (side, rounds) in SIDES.into_iter().zip(sides) {
        tell_costs(section, side, rounds);
    }
}

fn ratios(ones: &[f64], others: &[f64]) -> Vec<f64> {
    ones.iter().zip(others).map(|(one, other)| one / other).collect()
}

fn tell_costs(section: &mut Section, side: Side, rounds: &Rounds) {
    let mut figure = |what: &str, unit, of: fn(&Measured) -> f64| {
        section.figure(format!("{}: {what}", side.name()), unit, values(rounds, of));
    };
    // pgbench says the mean only.
    figure(
        if side == Side::Plain {
            "latency, mean"
        } else {
            "latency p50"
        },
        "ms",
        |m| m.p50_ms,
    );
    if side != Side::Plain {
        figure("latency p99", "ms", |m| m.p99_ms);
    }
    figure("CPU each, clients", "µs", |m| m.client_us);
    if !matches!(side, Side::Plain | Side::Sql | Side::Held) {
        figure("CPU each, server", "µs", |m| m.server_us);
    }
    figure("CPU each, PostgreSQL", "µs", |m| m.postgres_us);
    figure("WAL each", "bytes", |m| m.wal_bytes);
    if side == Side::Dormouse {
        section.figure("delivery goes on after a round", "ms", rounds.drained_ms.clone());
    }
}

fn values(rounds: &Rounds, of: impl Fn(&Measured) -> f64) -> Vec<f64> {
    rounds.measured.iter().map(of).collect()
}
