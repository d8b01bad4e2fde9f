//! The topics, as a broker has them.

use std::{collections::BTreeMap, time::Duration};

use kafka::topics;
use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication},
    client::DefaultClientContext,
};
use rig::kafka::Access;
use testing::eventually;

use crate::{
    given_up::{PATIENCE, SILENT},
    said::Said,
    support::{Relay, Rig, create, first_appearances, user},
};

const TOPIC: &str = "todo.task.created";
const ADMIN_PATIENCE: Duration = Duration::from_secs(30);

/// Who may do everything with a rig's topics.
struct Admin(AdminClient<DefaultClientContext>);

impl Admin {
    fn of(rig: &Rig) -> Self {
        Self(rig.client_config().create().unwrap())
    }

    /// How many partitions a topic has; none where it is not there.
    fn partitions(&self, topic: &str) -> usize {
        let metadata = self.0.inner().fetch_metadata(None, ADMIN_PATIENCE).unwrap();
        let found = metadata.topics().iter().find(|found| found.name() == topic);
        found.map_or(0, |found| found.partitions().len())
    }

    async fn delete(&self, topic: &str) {
        let deleted = self.0.delete_topics(&[topic], &AdminOptions::new()).await.unwrap();
        assert_eq!(deleted, [Ok(topic.to_owned())]);
        eventually("the topic is gone", async || self.partitions(topic) == 0).await;
    }

    async fn setting(&self, topic: &str, name: &str) -> String {
        let resource = [ResourceSpecifier::Topic(topic)];
        let described = self.0.describe_configs(&resource, &AdminOptions::new()).await.unwrap();
        let settings = described.into_iter().next().unwrap().unwrap().entries;
        let settings: BTreeMap<_, _> = settings.into_iter().map(|entry| (entry.name, entry.value)).collect();
        settings[name].clone().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_created_as_they_are_said_and_what_is_there_is_left_as_it_is() {
    let rig = Rig::start(Access::Anybody).await;
    let admin = Admin::of(&rig);
    let kept = |topic: &topics::Topic| topic.kept.as_millis().to_string();
    for topic in topics::all() {
        assert_eq!(
            Some(admin.partitions(&topic.name)),
            usize::try_from(topic.partitions).ok()
        );
        assert_eq!(
            admin.setting(&topic.name, "retention.ms").await,
            kept(&topic),
            "{}",
            topic.name
        );
        assert_eq!(admin.setting(&topic.name, "cleanup.policy").await, "delete");
    }
    assert_eq!(topics::otherwise_partitioned(&rig.settings()).await.unwrap(), []);

    admin.delete(TOPIC).await;
    admin.delete("todo.task.deleted").await;
    let other = NewTopic::new(TOPIC, 3, TopicReplication::Fixed(1)).set("retention.ms", "7");
    admin.0.create_topics([&other], &AdminOptions::new()).await.unwrap();
    assert_eq!(
        topics::create_missing(&rig.settings()).await.unwrap(),
        ["todo.task.deleted"]
    );
    assert_eq!(admin.setting(TOPIC, "retention.ms").await, "7");
    let otherwise = topics::otherwise_partitioned(&rig.settings()).await.unwrap();
    let otherwise: Vec<_> = otherwise
        .iter()
        .map(|(topic, count)| (topic.name.as_str(), *count))
        .collect();
    assert_eq!(otherwise, [(TOPIC, 3)]);
}

/// As Kafka's own default has it, the broker would create a topic that somebody writes to.
#[tokio::test]
async fn missing_topic_is_named_and_waited_for_and_only_created_as_it_is_said() {
    let said = Said::listen();
    let rig = Rig::start(Access::Anybody).await;
    let admin = Admin::of(&rig);
    admin.delete(TOPIC).await;
    let client = rig.client(user(1));
    let relay = Relay::run(relay_log::function_with_patience(rig.app(), rig.settings(), PATIENCE));
    create(&client, 3).await;
    // Which of the two it is told by depends on what the client knew of the topic.
    let is_named = || {
        let lines = [said.lines(SILENT), said.lines("an event was not published")].concat();
        lines.iter().any(|line| line.contains(TOPIC))
    };
    eventually("it is named", async || is_named()).await;
    assert_eq!(admin.partitions(TOPIC), 0);
    topics::create_missing(&rig.settings()).await.unwrap();
    create(&client, 2).await;
    rig.until_published().await;
    relay.stop().await.unwrap();
    let appearances = first_appearances(&rig.published().await);
    assert_eq!(
        appearances.into_values().collect::<Vec<_>>(),
        [(1..=5).collect::<Vec<_>>()]
    );
}
