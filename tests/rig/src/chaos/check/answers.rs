//! Who waits is answered, and nobody is refused what they may ask for.

use chrono::{DateTime, TimeDelta, Utc};

use crate::chaos::{
    disturbed::Disturbed,
    history::{Attempt, Outcome, kind},
    observe::Observed,
    schedule::Disturbance,
};

pub(super) fn check(history: &[Attempt], observed: &Observed) -> Vec<String> {
    let fault = |attempt: &Attempt| match attempt.outcome {
        Outcome::Unanswered => Some(format!("never answered: {attempt:?}")),
        // What is another's is for `privacy` to judge.
        Outcome::Refused(_) if attempt.kind == kind::STRANGE || is_past(attempt, &observed.disturbed) => None,
        Outcome::Refused(_) => Some(format!("refused without a reason: {attempt:?}")),
        Outcome::Acknowledged(_) | Outcome::Unknown => None,
    };
    history.iter().filter_map(fault).collect()
}

/// Whether it asks to be reminded at a moment that was past, by the function's clock, before it was answered.
fn is_past(attempt: &Attempt, disturbed: &[Disturbed]) -> bool {
    let reached = attempt.ended + ahead(disturbed, attempt.began, attempt.ended);
    attempt.outcome == Outcome::Refused(422) && attempt.moment.is_some_and(|moment| moment <= reached)
}

/// How far the functions' clock was ahead at most between the two.
fn ahead(disturbed: &[Disturbed], from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    let jumps = disturbed.iter().filter(|disturbed| disturbed.is_felt_between(from, to));
    let ahead = jumps.filter_map(|disturbed| match disturbed.what {
        Disturbance::Jump(seconds, _) => Some(TimeDelta::seconds(seconds)),
        _ => None,
    });
    ahead.max().unwrap_or_default().max(TimeDelta::zero())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::chaos::check::tests::{NOON, attempt};

    fn noon() -> DateTime<Utc> {
        NOON.parse().unwrap()
    }

    #[test]
    fn refusal_and_silence_are_found() {
        for outcome in [Outcome::Refused(404), Outcome::Refused(422), Outcome::Unanswered] {
            assert_eq!(check(&[attempt(kind::READ, outcome)], &Observed::default()).len(), 1);
        }
        assert_eq!(
            check(&[attempt(kind::READ, Outcome::Unknown)], &Observed::default()),
            [] as [String; 0]
        );
    }

    #[test]
    fn reminder_is_refused_only_when_its_moment_is_past_by_the_functions_clock() {
        let asked = |after: i64, status| Attempt {
            moment: Some(noon() + TimeDelta::seconds(after)),
            ..attempt("todo.task.created", Outcome::Refused(status))
        };
        let jump = |at: i64| Observed {
            disturbed: vec![Disturbed {
                what: Disturbance::Jump(60, Duration::from_secs(2)),
                from: noon() + TimeDelta::seconds(at),
                to: noon() + TimeDelta::seconds(at + 2),
                is_hit: true,
            }],
            ..Observed::default()
        };
        assert_eq!(check(&[asked(0, 422)], &Observed::default()), [] as [String; 0]);
        assert_eq!(check(&[asked(5, 422)], &Observed::default()).len(), 1);
        assert_eq!(check(&[asked(5, 422)], &jump(-1)), [] as [String; 0]);
        assert_eq!(check(&[asked(5, 404)], &jump(-1)).len(), 1);
        assert_eq!(check(&[asked(5, 422)], &jump(60)).len(), 1);
        assert_eq!(check(&[asked(90, 422)], &jump(-1)).len(), 1);
    }
}
