//! What `compare.py` asks: reads lines of a rule, a start and a number, separated by tabs, and writes for each the first
//! so many dates, separated by spaces, or why there are none.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufWriter, Write as _};

use anyhow::Context as _;
use domain::Zone;
use domain::recurrence::{GaveUp, Schedule};

fn main() -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let answer = answer(&line?).unwrap_or_else(|error| format!("error: {error:#}"));
        writeln!(out, "{answer}")?;
    }
    out.flush()?;
    Ok(())
}

fn answer(line: &str) -> anyhow::Result<String> {
    let mut fields = line.split('\t');
    let mut field = || fields.next().context("a line is a rule, a start and a number");
    let (rule, start, most) = (field()?.parse()?, field()?.parse()?, field()?.parse()?);
    let schedule = Schedule::new(rule, start, Zone::default(), vec![], vec![])?;
    let mut dates = String::new();
    for date in schedule.iter().take(most) {
        match date {
            Ok(date) => write!(dates, "{date} ")?,
            Err(GaveUp) => dates.push_str("gave-up "),
        }
    }
    Ok(dates.trim_end().to_owned())
}
