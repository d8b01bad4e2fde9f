//! Kafka has every event, as it was recorded and no other, and in each topic the first appearances of each user's in order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    chaos::observe::{Logged, Observed},
    topics::Record,
};

pub(super) fn check(observed: &Observed) -> Vec<String> {
    let mut faults = Vec::new();
    let recorded: BTreeMap<_, _> = observed
        .events
        .iter()
        .map(|event| (event.id.to_string(), event))
        .collect();
    let mut there: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut last: BTreeMap<(&str, &str, i32), &str> = BTreeMap::new();
    let mut places: BTreeMap<(&str, &str), i32> = BTreeMap::new();
    for record in &observed.records {
        let (topic, user) = (record.topic.as_str(), record.key.as_str());
        if *places.entry((topic, user)).or_insert(record.partition) != record.partition {
            faults.push(format!("{user} is in two partitions of {topic}"));
        }
        if !recorded
            .get(record.attribute("id"))
            .is_some_and(|event| is_as(record, event))
        {
            faults.push(format!("nothing such was recorded: {record:?}"));
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

fn is_as(record: &Record, event: &Logged) -> bool {
    record.topic == event.kind
        && record.key == event.user.to_string()
        && record.attribute("sequence").parse() == Ok(event.seq)
        && serde_json::from_str::<Value>(&record.value).is_ok_and(|data| data == event.data)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::chaos::check::tests::{NOON, event};

    const TOPIC: &str = "todo.task.created";

    fn id(seq: i64) -> String {
        Uuid::from_u128(seq.cast_unsigned().into()).to_string()
    }

    fn observed(published: &[i64]) -> Observed {
        let record = |seq: &i64| Record {
            topic: TOPIC.to_owned(),
            partition: 3,
            at: NOON.parse().unwrap(),
            key: Uuid::nil().to_string(),
            headers: [("ce_id", id(*seq)), ("ce_sequence", format!("{seq:020}"))]
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            value: "{}".to_owned(),
        };
        Observed {
            events: (1..=3).map(|seq| event(seq, TOPIC, json!({}))).collect(),
            records: published.iter().map(record).collect(),
            ..Observed::default()
        }
    }

    #[test]
    fn repetitions_do_no_harm() {
        assert_eq!(check(&observed(&[1, 2, 1, 2, 3])), [] as [String; 0]);
    }

    #[test]
    fn event_that_is_missing_or_first_appears_out_of_order_is_found() {
        assert_eq!(check(&observed(&[1, 3])).len(), 1);
        assert_eq!(check(&observed(&[2, 1, 3])).len(), 1);
    }

    #[test]
    fn record_of_what_was_not_recorded_so_is_found() {
        assert_eq!(check(&observed(&[1, 2, 3, 4])).len(), 1);
        let mut observed = observed(&[1, 2, 3]);
        observed.records[0].key = Uuid::max().to_string();
        observed.records[1].value = r#"{"task":null}"#.to_owned();
        assert_eq!(check(&observed).len(), 2);
    }

    #[test]
    fn user_in_two_partitions_is_found() {
        let mut observed = observed(&[1, 2, 3]);
        observed.records[1].partition = 4;
        assert_eq!(check(&observed).len(), 1);
    }
}
