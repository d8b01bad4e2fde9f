//! What a rule would give.

use utoipa::ToSchema;

use super::{
    task::RecurrenceMode,
    texts::{Instant, LocalDate, Rule, SentLocalDate, SentRule, TimeZone},
};

/// A rule to look at.
#[derive(Debug, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(crate::samples::preview_request))]
pub struct PreviewRequest {
    /// Its first date.
    pub due_date: SentLocalDate,
    /// The zone it is read in; UTC by default.
    pub time_zone: Option<TimeZone>,
    /// The rule.
    pub recurrence_rule: SentRule,
    /// What each next date is counted from; schedule by default. In `completion` each is taken to be completed on its
    /// day.
    pub recurrence_mode: Option<RecurrenceMode>,
    /// The most dates to give; 10 by default.
    #[schema(minimum = 1, maximum = 1000)]
    pub count: Option<u32>,
}

/// The first dates of a rule.
#[derive(Debug, ToSchema)]
#[schema(examples(crate::samples::preview))]
pub struct Preview {
    /// The rule in its canonical form.
    pub canonical: Rule,
    /// What it means, in English.
    #[schema(min_length = 1)]
    pub description: String,
    /// The dates, the first one being the due date.
    #[schema(max_items = 1000)]
    pub occurrences: Vec<Occurrence>,
    /// Where the dates end: `never`, a local date, `after N occurrences`, or `unknown` where that was too far to find.
    #[schema(
        pattern = "^(never|unknown|after [0-9]+ occurrences?|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?)$"
    )]
    pub ends: String,
}

/// One date of a rule.
#[derive(Debug, ToSchema)]
pub struct Occurrence {
    /// By local clocks.
    pub due_date: LocalDate,
    /// The instant; a date's is its local start.
    pub due_at: Instant,
    /// What is surprising about it, in English.
    #[schema(required)]
    pub note: Option<String>,
}
