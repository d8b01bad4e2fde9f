//! The samples in `shared/events/samples`: one of each published version of each kind of event, made of a real event
//! once and never changed. They stand for what is in logs, topics and dead letters of any age.

mod kept;
mod shape;
mod today;

use events::{EventType, ReminderSubject, TaskSubject};
use serde_json::Value;

#[test]
fn every_sample_names_what_handlers_take_of_it() {
    for sample in EventType::ALL.iter().flat_map(|kind| kept::all(*kind)) {
        let data = &sample.event["data"];
        let subject: TaskSubject = serde_json::from_value(data.clone()).unwrap();
        assert_eq!(subject.task_id.to_string(), sample.event["subject"]);
        assert_eq!(subject.user_id.to_string(), sample.event["partitionkey"]);
        if sample.kind == EventType::ReminderDue {
            let reminder: ReminderSubject = serde_json::from_value(data.clone()).unwrap();
            assert_eq!((reminder.user_id, reminder.task_id), (subject.user_id, subject.task_id));
            assert_eq!(reminder.reminder_id.to_string(), data["reminder_id"]);
        }
    }
}

#[test]
fn every_sample_is_what_its_name_says() {
    for kind in EventType::ALL {
        for (sample, version) in kept::all(*kind).iter().zip(1..) {
            assert_eq!(sample.event["type"], kind.as_str());
            assert_eq!(sample.version, version, "{kind} lacks a version");
            let schema = format!("urn:dormouse:event:{kind}:{version}");
            assert_eq!(sample.event["dataschema"], schema);
        }
    }
}

/// Within a version members are added and nothing else: whoever reads the sample can read what is published today.
#[tokio::test]
async fn todays_events_have_every_member_of_their_versions_sample_and_of_the_same_type() {
    for (kind, event) in today::events().await {
        let version = version_of(&event);
        kept::keep_if_asked(kind, version, &event);
        let samples = kept::all(kind);
        let sample = samples.iter().find(|sample| sample.version == version);
        let advice = "make it by DORMOUSE_KEEP_SAMPLES=1 and commit it";
        let sample = sample.unwrap_or_else(|| panic!("{kind} has no sample of version {version}: {advice}"));
        let faults = shape::lacking(&sample.event, &event);
        let advice = "what takes something away is a new version: see docs/adr/0016";
        assert!(
            faults.is_empty(),
            "{kind} lacks of its version {version}: {faults:?}; {advice}"
        );
    }
}

#[tokio::test]
async fn every_sample_of_a_present_version_is_as_the_document_says() {
    for (kind, event) in today::events().await {
        for sample in kept::all(kind)
            .iter()
            .filter(|sample| sample.version == version_of(&event))
        {
            testing::check_event(&sample.event);
        }
    }
}

/// The version of its data's schema.
fn version_of(event: &Value) -> u32 {
    let schema = event["dataschema"].as_str().expect("it names its schema");
    let version = schema.rsplit(':').next().and_then(|version| version.parse().ok());
    version.expect("the schema's version is its last part")
}
