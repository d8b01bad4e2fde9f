//! What happened: one struct per event, its type, and its CloudEvent form. Nothing here stores or sends.

pub mod cloud_event;
pub mod event;
pub mod event_type;
pub mod payload;
pub mod subject;

pub use event::{Event, Recorded, Stamp};
pub use event_type::{EventType, UnknownEventType};
pub use payload::{NextCreated, NotificationChanged, Payload, ReminderDue, TaskChanged};
pub use subject::{ReminderSubject, TaskSubject};
