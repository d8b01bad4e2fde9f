//! Tasks, each with its place in a series and its reminders.

mod create;
mod derived;
mod lexemes;
mod list;
mod load;
mod occurrence;
mod reminder_columns;
mod reminders;
mod rewrite;
pub(crate) mod row;
mod update;
mod zone_database;

pub use create::{Answer, CreateError, Creation, create};
pub use list::{Key, ListError, Listed, Listing, Order, Position, Sort, Status, list};
pub use load::{load, load_any, load_many};
pub use occurrence::{
    Awaiting, FIRST_AWAITING, Generated, await_successor, awaiting_successor, generated, is_followed, put_generated,
    stop_awaiting_successor, withdraw,
};
pub use rewrite::rewrite;
pub use update::{Author, update, update_many};
pub use zone_database::open_with_due;
