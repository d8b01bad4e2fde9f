//! Counts what each side of the recurrence benchmark allocates, and says so in JSON: of each rule, both sides'
//! allocations per date listed and per rule read and asked for its next date, and ours per date found after a moment.

#[path = "../recurrence/cases.rs"]
mod cases;
#[path = "../recurrence/rules.rs"]
mod rules;
#[path = "../recurrence/sides.rs"]
mod sides;

use std::{hint::black_box, io::Write};

use allocation_counter::measure;
use cases::{Case, found, listed, yesterday};
use rules::RULES;

fn main() -> anyhow::Result<()> {
    let mut counted = Vec::new();
    for rule in RULES {
        let case = Case::new(rule)?;
        // What is made once, such as the peer's patterns, is made before it is counted.
        case.check()?;
        counted.push([
            [
                per_one(|| listed(case.ours.dates()).map(black_box).count()),
                per_one(|| listed(case.peer.dates()).map(black_box).count()),
            ],
            [
                per_one(|| usize::from(black_box(case.next_of_ours(yesterday())).is_ok())),
                per_one(|| usize::from(black_box(case.next_of_peer(yesterday())).is_ok())),
            ],
            [
                per_one(|| found(&case.begun_1970).map(black_box).count()),
                per_one(|| found(&case.begun_yesterday).map(black_box).count()),
            ],
        ]);
    }
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&counted)?)?;
    Ok(())
}

/// Allocations for each of what `pass` says that it gave.
fn per_one(pass: impl FnOnce() -> usize) -> f64 {
    let mut given = 0;
    let counted = measure(|| given = pass());
    counted.count_total as f64 / given as f64
}
