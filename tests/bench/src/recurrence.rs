//! Dates of rules and the date after a moment, ours against the rrule crate's; and whether a rule that began long ago
//! costs more than one of yesterday.

pub(crate) mod cases;
pub(crate) mod rules;
pub(crate) mod sides;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use cases::{Case, found, listed};
use rules::RULES;
use tokio::process::Command;

use crate::{plan::Plan, program, report::Section, statistics::median};

const HOW: &[&str] = &[
    "28 rules in Europe/Berlin; dates are instants. Both sides' dates are compared first, and take turns in each round.",
    "Listing: up to 500 dates of a rule that is set out, by 2099. Next: the text is read and the date after now found,",
    "of a rule that began yesterday. After: the date after each of 64 moments, of a rule that is set out.",
    "A row about all rules is, in each round, of the median rule, or the worst. Allocations: counted, in another program.",
];

/// Both sides' figures of one rule in one round: dates listed a second, next dates a second, and dates after a moment
/// a second.
#[derive(Debug, Clone, Copy)]
struct Rates {
    listing: Pair,
    next: Pair,
    /// Of ours alone: begun in 1970, and begun yesterday.
    after: Pair,
}

/// Of one side and of the other.
type Pair = [f64; 2];

pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Section> {
    let mut cases = Vec::new();
    for rule in RULES {
        cases.push(Case::new(rule)?);
    }
    cases.iter().try_for_each(Case::check)?;
    let length = plan.pick(Duration::from_millis(40), Duration::from_millis(2));
    // The first round fills caches, and counts for nothing.
    let mut rounds: Vec<Vec<Rates>> = Vec::new();
    for _ in 0..=plan.rounds {
        let mut round = Vec::new();
        for case in &cases {
            round.push(rates(case, length));
            tokio::task::yield_now().await;
        }
        rounds.push(round);
    }
    rounds.remove(0);
    let mut section = Section::without_postgres("recurrence", HOW);
    for (index, case) in cases.iter().enumerate() {
        let ratios = rounds.iter().map(|round| ratio(round[index].listing)).collect();
        section.figure(format!("{}: ours ÷ rrule", case.rule), "×", ratios);
    }
    tell(&mut section, &rounds);
    count(&mut section).await?;
    Ok(section)
}

fn rates(case: &Case, length: Duration) -> Rates {
    let after = |ours| found(black_box(ours)).map(black_box).count();
    Rates {
        listing: [
            rate(length, || listed(black_box(&case.ours).dates()).map(black_box).count()),
            rate(length, || listed(black_box(&case.peer).dates()).map(black_box).count()),
        ],
        next: [
            rate(length, || usize::from(black_box(case.next_of_ours()).is_ok())),
            rate(length, || usize::from(black_box(case.next_of_peer()).is_ok())),
        ],
        after: [
            rate(length, || after(&case.begun_1970)),
            rate(length, || after(&case.begun_yesterday)),
        ],
    }
}

/// How many a second, of what `pass` says that it gave.
fn rate(length: Duration, mut pass: impl FnMut() -> usize) -> f64 {
    let (began, mut given) = (Instant::now(), 0);
    loop {
        given += pass();
        let took = began.elapsed();
        if took >= length {
            return given as f64 / took.as_secs_f64();
        }
    }
}

fn ratio([one, other]: Pair) -> f64 {
    one / other
}

fn tell(section: &mut Section, rounds: &[Vec<Rates>]) {
    let of_rules = |of: fn(&Rates) -> f64, sum: fn(&[f64]) -> f64| -> Vec<f64> {
        let values = rounds.iter().map(|round| round.iter().map(of).collect::<Vec<_>>());
        values.map(|values| sum(&values)).collect()
    };
    section.figure(
        "listing, median rule: ours",
        "1/s",
        of_rules(|rates| rates.listing[0], median),
    );
    section.figure(
        "listing, median rule: rrule",
        "1/s",
        of_rules(|rates| rates.listing[1], median),
    );
    let listing = of_rules(|rates| ratio(rates.listing), median);
    section.figure_for(Some("≥ 10"), "listing, median rule: ours ÷ rrule", "×", listing);
    section.figure(
        "listing, worst rule: ours ÷ rrule",
        "×",
        of_rules(|rates| ratio(rates.listing), least),
    );
    section.figure(
        "next, median rule: ours",
        "µs",
        of_rules(|rates| 1e6 / rates.next[0], median),
    );
    section.figure(
        "next, median rule: ours ÷ rrule",
        "×",
        of_rules(|rates| ratio(rates.next), median),
    );
    section.figure(
        "next, worst rule: ours ÷ rrule",
        "×",
        of_rules(|rates| ratio(rates.next), least),
    );
    section.figure(
        "after, median rule: ours",
        "µs",
        of_rules(|rates| 1e6 / rates.after[1], median),
    );
    // A rate is the inverse of a time.
    let age = |rates: &Rates| 1.0 / ratio(rates.after);
    section.figure("after, median rule: begun 1970 ÷ yesterday", "×", of_rules(age, median));
    section.figure_for(
        Some("≤ 1.5"),
        "after, worst rule: begun 1970 ÷ yesterday",
        "×",
        of_rules(age, most),
    );
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// Has another program count allocations: counting slows them down, and with them the side that makes more of them.
async fn count(section: &mut Section) -> anyhow::Result<()> {
    let output = Command::new(program::binary("recurrence-allocations")?)
        .kill_on_drop(true)
        .output()
        .await?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let counted: Vec<[Pair; 3]> = serde_json::from_slice(&output.stdout)?;
    let names = [
        [
            "listing, allocations per date: ours",
            "listing, allocations per date: rrule",
        ],
        ["next, allocations: ours", "next, allocations: rrule"],
        ["after, allocations: begun 1970", "after, allocations: begun yesterday"],
    ];
    for (of, names) in names.iter().enumerate() {
        for (side, name) in names.iter().enumerate() {
            let values: Vec<f64> = counted.iter().map(|rule| rule[of][side]).collect();
            section.figure(format!("{name}, median rule"), "", vec![median(&values)]);
            section.figure(format!("{name}, worst rule"), "", vec![most(&values)]);
        }
    }
    Ok(())
}
