//! Dates of rules and the date after a moment, ours against the rrule crate's; and whether a rule that began long ago
//! costs more than one of yesterday.

pub(crate) mod cases;
pub(crate) mod rules;
pub(crate) mod sides;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use cases::{Case, found, listed, year_1970, yesterday};
use rules::RULES;
use tokio::process::Command;

use crate::{plan::Plan, program, report::Section, statistics::median};

const HOW: &[&str] = &[
    "28 rules in Europe/Berlin; dates are instants. Both sides' dates are compared first, and take turns in each round.",
    "Listing: up to 500 dates of a rule that is set out, by 2099. Next: the text is read and the date after now found;",
    "of old ones, begun in 1970, without those by minutes and seconds, at which rrule sits for minutes. After: the date after",
    "each of 64 moments, of a rule that is set out.",
    "A row about all rules is of each rule's median over the rounds: the least, the median and the greatest rule.",
    "Allocations are counted, in another program.",
];

/// Both sides' figures of one rule in one round, all of them dates a second.
#[derive(Debug, Clone, Copy)]
struct Rates {
    listing: Pair,
    /// Of a rule begun yesterday, and in 1970.
    next: Pair,
    next_of_old: Option<Pair>,
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
    let next = |began| {
        [
            rate(length, || usize::from(black_box(case.next_of_ours(began)).is_ok())),
            rate(length, || usize::from(black_box(case.next_of_peer(began)).is_ok())),
        ]
    };
    Rates {
        listing: [
            rate(length, || listed(black_box(&case.ours).dates()).map(black_box).count()),
            rate(length, || listed(black_box(&case.peer).dates()).map(black_box).count()),
        ],
        next: next(yesterday()),
        next_of_old: case.is_long().then(|| next(year_1970())),
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

/// What is told of all rules: the goal, the name, the unit, and what is taken of each rule.
type Row = (
    Option<&'static str>,
    &'static str,
    &'static str,
    fn(&Rates) -> Option<f64>,
);

const ROWS: [Row; 7] = [
    (None, "listing: ours", "1/s", |rates| Some(rates.listing[0])),
    (None, "listing: rrule", "1/s", |rates| Some(rates.listing[1])),
    (Some("median ≥ 10"), "listing: ours ÷ rrule", "×", |rates| {
        Some(ratio(rates.listing))
    }),
    (None, "next: ours ÷ rrule", "×", |rates| Some(ratio(rates.next))),
    (Some("median ≥ 10"), "next of old: ours ÷ rrule", "×", |rates| {
        rates.next_of_old.map(ratio)
    }),
    (None, "after: ours", "1/s", |rates| Some(rates.after[1])),
    // A rate is the inverse of a time.
    (Some("max ≤ 1.5"), "after: begun 1970 ÷ yesterday", "×", |rates| {
        Some(1.0 / ratio(rates.after))
    }),
];

fn tell(section: &mut Section, rounds: &[Vec<Rates>]) {
    for (goal, name, unit, of_rule) in ROWS {
        let of_rules = (0..RULES.len()).filter_map(|rule| {
            let values = rounds.iter().map(|round| of_rule(&round[rule]));
            values.collect::<Option<Vec<_>>>().map(|values| median(&values))
        });
        section.figure_for(goal, name, unit, of_rules.collect());
    }
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
            section.figure(*name, "", counted.iter().map(|rule| rule[of][side]).collect());
        }
    }
    Ok(())
}
