//! The repairs there are, in the order they are made in.

use runtime::App;

use crate::{awaited, forgotten, tally::Tally, zones};

/// A repair.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Repair {
    OverdueReminder,
    MissingNotification,
    MissingSuccessor,
    MovedInstant,
    OldAnswer,
}

impl Repair {
    pub(crate) const ALL: [Self; 5] = [
        Self::OverdueReminder,
        Self::MissingNotification,
        Self::MissingSuccessor,
        Self::MovedInstant,
        Self::OldAnswer,
    ];

    /// What is repaired, as metrics and log lines name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OverdueReminder => "overdue_reminder",
            Self::MissingNotification => "missing_notification",
            Self::MissingSuccessor => "missing_successor",
            Self::MovedInstant => "moved_instant",
            Self::OldAnswer => "old_answer",
        }
    }

    /// Repairs what there is, telling `tally` of each.
    pub(crate) async fn run(self, app: &App, tally: &mut Tally) -> Result<(), storage::Error> {
        match self {
            Self::OverdueReminder => forgotten::fire(app, tally).await,
            Self::MissingNotification => awaited::notify(app, tally).await,
            Self::MissingSuccessor => awaited::make_successors(app, tally).await,
            Self::MovedInstant => zones::resolve_anew(app, tally).await,
            // That is no repair, so it counts none.
            Self::OldAnswer => forgotten::forget_old_answers(app).await,
        }
    }
}
