//! The figures, as a table for people and as JSON for comparisons.

use std::{fmt::Write as _, fs, io::Write as _, path::PathBuf};

use anyhow::Context;
use serde::Serialize;

use crate::{
    machine::{self, Machine},
    plan::Plan,
    statistics::Spread,
};

/// Everything that was measured in one run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    plan: Plan,
    sections: Vec<Section>,
}

/// One part of it.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    name: &'static str,
    /// The server's version, where there was a server.
    postgres: Option<String>,
    /// How it was measured, line by line.
    how: Vec<String>,
    figures: Vec<Figure>,
}

/// One figure: a value a round.
#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    unit: &'static str,
    goal: Option<&'static str>,
    spread: Spread,
    values: Vec<f64>,
}

impl Report {
    pub(crate) fn begin(plan: &Plan) -> anyhow::Result<Self> {
        let machine = Machine::look()?;
        say(&format!(
            "{} cores, {} MiB, {}, Linux {}; commit {}{}; load {}",
            machine.cores,
            machine.memory_mib,
            machine.processor,
            machine.kernel,
            machine.commit,
            if machine.has_uncommitted_changes {
                " and uncommitted changes"
            } else {
                ""
            },
            machine.load_at_start
        ));
        Ok(Self {
            machine,
            plan: *plan,
            sections: Vec::new(),
        })
    }

    /// Adds a section, and shows it.
    pub(crate) fn add(&mut self, section: Section) {
        say(&section.table());
        self.machine.postgres = section.postgres.clone().or(self.machine.postgres.take());
        self.sections.push(section);
    }

    /// Writes everything beside the build: a file of its own, and `latest.json`.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.machine.load_at_end = Some(machine::load());
        let folder = folder()?;
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let json = serde_json::to_string_pretty(&self)?;
        let path = folder.join(format!("{}.json", self.machine.stamp()));
        for path in [&path, &folder.join("latest.json")] {
            fs::write(path, &json).with_context(|| format!("cannot write {}", path.display()))?;
        }
        say(&format!(
            "\nload {} at the start, {} at the end; written to {}",
            self.machine.load_at_start,
            machine::load(),
            path.display()
        ));
        Ok(())
    }
}

impl Section {
    pub(crate) fn new(name: &'static str, postgres: &str, how: &[&str]) -> Self {
        let section = Self::without_postgres(name, how);
        Self {
            postgres: Some(postgres.to_owned()),
            ..section
        }
    }

    /// One that needs no server.
    pub(crate) fn without_postgres(name: &'static str, how: &[&str]) -> Self {
        Self {
            name,
            postgres: None,
            how: how.iter().map(|line| (*line).to_owned()).collect(),
            figures: Vec::new(),
        }
    }

    /// Says something about how it was measured.
    pub(crate) fn note(&mut self, line: String) {
        self.how.push(line);
    }

    pub(crate) fn figure(&mut self, name: impl Into<String>, unit: &'static str, values: Vec<f64>) {
        self.figure_for(None, name, unit, values);
    }

    /// A figure, and what it should reach.
    pub(crate) fn figure_for(
        &mut self,
        goal: Option<&'static str>,
        name: impl Into<String>,
        unit: &'static str,
        values: Vec<f64>,
    ) {
        self.figures.push(Figure {
            name: name.into(),
            unit,
            goal,
            spread: Spread::of(&values),
            values,
        });
    }

    fn table(&self) -> String {
        let postgres = self.postgres.as_ref();
        let postgres = postgres.map_or_else(String::new, |version| format!(" (PostgreSQL {version})"));
        let mut text = format!("\n== {}{postgres} ==\n", self.name);
        for line in &self.how {
            let _ = writeln!(text, "   {line}");
        }
        let width = self
            .figures
            .iter()
            .map(|figure| figure.name.chars().count())
            .max()
            .unwrap_or(0);
        let _ = writeln!(
            text,
            "{:width$}  {:>9} {:>9} {:>9}  unit      goal",
            "", "min", "median", "max"
        );
        for figure in &self.figures {
            let Spread { min, median, max } = figure.spread;
            let _ = writeln!(
                text,
                "{:width$}  {:>9} {:>9} {:>9}  {:8}  {}",
                figure.name,
                short(min),
                short(median),
                short(max),
                figure.unit,
                figure.goal.unwrap_or_default()
            );
        }
        text.trim_end().to_owned()
    }
}

/// About three digits.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 || size == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

/// `target/bench`, beside the build that this program is of.
fn folder() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(|profile| profile.parent());
    Ok(target.context("this program lies in no target folder")?.join("bench"))
}

/// Tells the person at the terminal; one that went away is no reason to stop.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
