//! Kafka has every event, and in each topic the first appearances of each user's in order.

use std::collections::{BTreeMap, BTreeSet};

use crate::chaos::observe::Observed;

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let mut faults = Vec::new();
    let mut there: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut last: BTreeMap<(&str, &str, i32), &str> = BTreeMap::new();
    let mut places: BTreeMap<(&str, &str), i32> = BTreeMap::new();
    for record in &observed.records {
        let (topic, user) = (record.topic.as_str(), record.key.as_str());
        if *places.entry((topic, user)).or_insert(record.partition) != record.partition {
            faults.push(format!("{user} is in two partitions of {topic}"));
        }
        if !there.insert((topic, record.attribute("id"))) {
            continue;
        }
        let (last, sequence) = (
            last.entry((topic, user, record.partition)).or_default(),
            record.attribute("sequence"),
        );
        if *last > sequence {
            faults.push(format!("{topic}: {user}'s {sequence} appears after {last}"));
        }
        *last = sequence;
    }
    for event in &observed.events {
        if !there.contains(&(event.kind.as_str(), event.id.to_string().as_str())) {
            faults.push(format!(
                "{} {} of {} is missing in Kafka",
                event.kind, event.seq, event.user
            ));
        }
    }
    faults
}
