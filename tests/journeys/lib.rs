//! What people go through, black box, wherever it is served: in one process or on a whole cluster. Each journey is said
//! once, in [`each`]'s list, and runs in both.

pub mod client;
pub mod moment;
pub mod users;

mod changes;
mod faults;
mod lists;
mod people;
mod reminders;
mod repetition;
mod series;
mod steps;
mod tasks;

pub use client::{Answer, Api};
pub use moment::{ahead, assert_on_time, now};
pub use users::Users;

/// Hands the list of all journeys to a macro, which makes a test of each. One that is not in this list is unused, which
/// the compiler refuses.
#[macro_export]
macro_rules! each {
    ($tests:ident) => {
        $tests! {
            changes: changes_are_paged_in_their_order stream_goes_on_where_it_broke_off;
            faults: every_fault_of_a_request_is_named_at_once;
            lists: lists_are_filtered_searched_and_paged;
            people: every_operation_is_served users_see_nothing_of_each_other;
            reminders: is_reminded_once_and_what_repeats_goes_on moved_reminder_fires_at_its_new_moment
                snoozed_reminder_fires_again;
            repetition: repeated_request_is_answered_as_before stale_request_is_refused;
            series: reopening_takes_the_next_one_back preview_is_what_the_series_does skipped_date_does_not_come;
            tasks: deleted_task_comes_back history_tells_everything_in_order;
        }
    };
}

macro_rules! public {
    ($($module:ident: $($journey:ident)+;)+) => {
        $(pub use $module::{$($journey),+};)+
    };
}

each!(public);
