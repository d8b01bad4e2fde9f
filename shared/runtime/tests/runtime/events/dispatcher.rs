//! Events as Knative's dispatcher of a KafkaSource sends them.

use events::EventType;
use serde_json::json;

use super::{BINARY, Reaction, binary_with, structured};

#[tokio::test]
async fn what_a_dispatcher_adds_does_no_harm() {
    let added = [
        ("ce-knativekafkapartition", "11"),
        ("ce-knativekafkaoffset", "9223372036854775807"),
        (
            "ce-knativeerrordest",
            "http://on-task-completed.default.svc.cluster.local",
        ),
        ("ce-knativeerrorcode", "503"),
        ("ce-knativeerrordata", ""),
        ("prefer", "reply"),
        ("via", "1.1 one"),
        ("via", "1.1 another"),
        ("kn-namespace", "default"),
        ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    ];
    let reaction = Reaction::new();
    let headers = [BINARY.to_vec(), added.to_vec()].concat();
    assert_eq!(reaction.post(&headers, r#"{"x":1}"#).await, 204);
    let mut event = structured();
    for (name, value) in added.into_iter().filter(|(name, _)| *name != "via") {
        event[name.trim_start_matches("ce-")] = value.into();
    }
    let headers = [&[("content-type", "application/cloudevents+json")], &added[..]].concat();
    assert_eq!(reaction.post(&headers, event.to_string()).await, 204);
    assert_eq!(reaction.handed(), [json!({"x": 1}), json!({"task_id": "x"})]);
}

/// Nobody has to act on it: whoever routed it here sends more than is asked for.
#[tokio::test]
async fn known_event_of_another_kind_is_not_for_it_whatever_it_holds() {
    let others = EventType::ALL.iter().filter(|kind| **kind != EventType::TaskCompleted);
    for kind in others {
        let reaction = Reaction::new();
        assert_eq!(
            reaction.post(&binary_with("ce-type", kind.as_str()), "no JSON").await,
            204,
            "{kind}"
        );
        assert!(reaction.handed().is_empty());
    }
}

/// The topic of a kind holds nothing else unless somebody wrote it who should not: an operator has to see that, and
/// answered 2xx it would be gone. A record that is no CloudEvent comes as `dev.knative.kafka.event`.
#[tokio::test]
async fn event_of_no_known_kind_can_never_work() {
    for kind in [
        "dev.knative.kafka.event",
        "com.example.someevent",
        "todo.task.Completed",
        "todo.task.completed.v2",
    ] {
        let reaction = Reaction::new();
        assert_eq!(reaction.post(&binary_with("ce-type", kind), "{}").await, 422, "{kind}");
        let mut event = structured();
        event["type"] = kind.into();
        let headers = [("content-type", "application/cloudevents+json")];
        assert_eq!(reaction.post(&headers, event.to_string()).await, 422, "{kind}");
        assert!(reaction.handed().is_empty());
    }
}
