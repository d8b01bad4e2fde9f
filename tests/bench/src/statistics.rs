//! What many values come to.

use serde::Serialize;

/// The least, the middle and the greatest of some values.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) median: f64,
    pub(crate) max: f64,
}

impl Spread {
    pub(crate) fn of(values: &[f64]) -> Self {
        Self {
            min: percentile(values, 0.0),
            median: median(values),
            max: percentile(values, 1.0),
        }
    }
}

/// The middle value, or the mean of the two in the middle; NaN where there are none.
pub(crate) fn median(values: &[f64]) -> f64 {
    let values = sorted(values);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// The least value that at least `share` of all values do not exceed; NaN where there are none.
pub(crate) fn percentile(values: &[f64], share: f64) -> f64 {
    let values = sorted(values);
    let rank = (share * values.len() as f64).ceil() as usize;
    values
        .get(rank.clamp(1, values.len().max(1)) - 1)
        .copied()
        .unwrap_or(f64::NAN)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}
