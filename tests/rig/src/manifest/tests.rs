//! The manifests agree with each other, with the topics, the functions and the database.

use std::collections::BTreeSet;

use domain::Offset;
use kafka::topics;
use runtime::{App, Function};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use testing::TestApp;

use super::*;

/// What a pod takes to start, in 99 of 100 cases.
const START: u64 = 5;

fn reactions(app: &App) -> [Function; 2] {
    [on_reminder_due::function, on_task_completed::function].map(|function| function(app.clone()))
}

#[test]
fn what_a_reminder_needs_is_there_before_its_moment() {
    let mut looking = BTreeSet::new();
    for (name, scaled) in all::<ScaledObject>("ScaledObject").unwrap() {
        for ahead in scaled.queries().filter_map(Query::looks_ahead) {
            let least = 2 * scaled.polling_interval + START;
            assert!(ahead >= least, "{name} looks {ahead} s ahead, and needs {least} s");
            // It stays from then until the moment.
            assert!(scaled.cooldown_period > ahead, "{name}");
            looking.insert(name.clone());
        }
    }
    // All who have a part in a reminder.
    assert_eq!(
        looking,
        ["dispatch-reminders", "on-reminder-due", "relay-log"]
            .map(str::to_owned)
            .into()
    );
}

#[tokio::test]
async fn each_reaction_has_a_source_of_its_events() {
    let app = TestApp::start().await;
    let sources = all::<KafkaSource>("KafkaSource").unwrap();
    let names: Vec<_> = reactions(&app.app()).iter().map(|function| function.name).collect();
    assert_eq!(sources.keys().collect::<Vec<_>>(), names);
    let known: BTreeSet<_> = topics::all().into_iter().map(|topic| topic.name).collect();
    for function in reactions(&app.app()) {
        let source = &sources[function.name];
        assert_eq!(source.sink.reference.name, function.name);
        assert_eq!(source.consumer_group, function.name);
        let kind = function.reaction.unwrap().kind;
        assert_eq!(source.topics, [kind.as_str()]);
        assert!(known.contains(kind.as_str()));
    }
}

/// Without it, Knative would set their number, too.
#[test]
fn consumers_are_left_to_keda() {
    for manifest in written().unwrap() {
        let class = manifest
            .metadata
            .annotations
            .get("autoscaling.eventing.knative.dev/class");
        let is_disabled = class.is_some_and(|class| class == "disabled");
        assert_eq!(
            is_disabled,
            manifest.kind == "KafkaSource",
            "{}",
            manifest.metadata.name
        );
    }
}

#[test]
fn what_one_manifest_names_of_the_others_is_there() {
    let written = written().unwrap();
    let is_there = |api_version: &str, kind: &str, name: &str| {
        let mut written = written.iter();
        written.any(|it| {
            (it.api_version.as_str(), it.kind.as_str(), it.metadata.name.as_str()) == (api_version, kind, name)
        })
    };
    for (name, source) in all::<KafkaSource>("KafkaSource").unwrap() {
        let Reference {
            api_version,
            kind,
            name: sink,
        } = source.delivery.dead_letter_sink.reference;
        assert!(is_there(&api_version, &kind, &sink), "{name}");
        let function = source.sink.reference;
        assert_eq!(
            (function.api_version.as_str(), function.kind.as_str()),
            ("serving.knative.dev/v1", "Service")
        );
    }
    for (name, scaled) in all::<ScaledObject>("ScaledObject").unwrap() {
        let Reference {
            api_version,
            kind,
            name: target,
        } = scaled.scale_target_ref;
        match kind.as_str() {
            "Deployment" => assert_eq!((api_version.as_str(), &target), ("apps/v1", &name)),
            _ => assert!(is_there(&api_version, &kind, &target), "{name}"),
        }
        for trigger in scaled.triggers {
            if let Trigger::Postgresql { authentication_ref, .. } = trigger {
                assert!(
                    is_there("keda.sh/v1alpha1", "TriggerAuthentication", &authentication_ref["name"]),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn each_source_is_scaled_by_its_own_lag() {
    let scaled = all::<ScaledObject>("ScaledObject").unwrap();
    for (name, source) in all::<KafkaSource>("KafkaSource").unwrap() {
        let of_it = |scaled: &&ScaledObject| {
            scaled.scale_target_ref.kind == "KafkaSource" && scaled.scale_target_ref.name == name
        };
        let [scaled] = scaled.values().filter(of_it).collect::<Vec<_>>()[..] else {
            panic!("{name} has not one ScaledObject")
        };
        let topics: Vec<_> = scaled.lags().map(|lag| lag.topic.clone()).collect();
        assert_eq!(topics, source.topics);
        for lag in scaled.lags() {
            assert_eq!(source.bootstrap_servers, [lag.bootstrap_servers.as_str()]);
            assert_eq!(lag.consumer_group, source.consumer_group);
            assert_eq!(lag.offset_reset_policy, source.initial_offset);
        }
        // More consumers than partitions would have nothing to do.
        let partitions = topics::all().into_iter().find(|topic| topic.name == source.topics[0]);
        assert!(i64::from(scaled.max_replica_count) <= i64::from(partitions.unwrap().partitions));
    }
}

#[test]
fn nothing_runs_while_there_is_nothing_to_do_and_one_does_as_soon_as_there_is() {
    let number = |text: &str| text.parse::<i64>().unwrap();
    for (name, scaled) in all::<ScaledObject>("ScaledObject").unwrap() {
        assert_eq!(scaled.min_replica_count, 0, "{name}");
        assert!(scaled.max_replica_count > 0, "{name}");
        let of_lags = scaled
            .lags()
            .map(|lag| (&lag.lag_threshold, &lag.activation_lag_threshold));
        let of_queries = scaled
            .queries()
            .map(|query| (&query.target_query_value, &query.activation_target_query_value));
        for (target, activation) in of_lags.chain(of_queries) {
            // How many are wanted is what there is to do, divided by the target.
            assert!(number(target) > 0, "{name}");
            assert_eq!(number(activation), 0, "{name}");
        }
    }
}

#[test]
fn what_is_given_up_after_longer_than_an_outage_goes_to_the_functions_dead_letters() {
    let sinks = all::<KafkaSink>("KafkaSink").unwrap();
    let known: BTreeSet<_> = topics::all().into_iter().map(|topic| topic.name).collect();
    for (name, source) in all::<KafkaSource>("KafkaSource").unwrap() {
        let delivery = source.delivery;
        let sink = &sinks[&delivery.dead_letter_sink.reference.name];
        assert_eq!(delivery.dead_letter_sink.reference.kind, "KafkaSink");
        assert_eq!(sink.topic, topics::dead_letters_of(&name));
        assert!(known.contains(&sink.topic));
        assert_eq!(sink.bootstrap_servers, source.bootstrap_servers);
        assert_eq!(delivery.backoff_policy, "exponential");
        let from: Offset = delivery.backoff_delay.parse().unwrap();
        // The first pause is twice the delay.
        let seconds = (1..=delivery.retry).map(|attempt| from.as_duration().num_seconds() << attempt);
        assert!(seconds.sum::<i64>() > 30 * 60, "{name}");
    }
    assert_eq!(sinks.len(), all::<KafkaSource>("KafkaSource").unwrap().len());
}

/// As many rows as make a difference, none of them whole: reminders without tasks, far ahead.
const FILL: &str = "
    SET session_replication_role = replica;
    INSERT INTO log_heads (user_id, seq, hash) SELECT gen_random_uuid(), 1, '' FROM generate_series(1, 10000);
    INSERT INTO log_pending (user_id) SELECT user_id FROM log_heads;
    INSERT INTO reminders (user_id, task_id, id, position, at, fire_at, state, generation)
    SELECT user_id, user_id, user_id, 0, moment, moment, 'scheduled', 1
    FROM log_heads, (SELECT now() + interval '1 year' AS moment) ahead;
";

/// What this user may do with which column of which table.
const GRANTED: &str = "
    SELECT concat_ws(' ', privilege_type, table_name, column_name) FROM information_schema.column_privileges
    WHERE grantee = current_user AND table_schema = 'public' ORDER BY 1
";

#[tokio::test]
async fn what_keda_asks_is_answered_to_its_role_by_a_probe_of_an_index() {
    let database = testing::database().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    sqlx::raw_sql(FILL).execute(&mut connection).await.unwrap();
    sqlx::raw_sql("SET enable_seqscan = off; ANALYZE")
        .execute(&mut connection)
        .await
        .unwrap();
    // Roles are the server's: this one goes when the transaction is rolled back.
    let mut asking = connection.begin().await.unwrap();
    sqlx::raw_sql(ROLE).execute(&mut *asking).await.unwrap();
    sqlx::raw_sql("SET LOCAL ROLE dormouse_keda")
        .execute(&mut *asking)
        .await
        .unwrap();
    let granted: Vec<String> = sqlx::query_scalar(GRANTED).fetch_all(&mut *asking).await.unwrap();
    assert_eq!(
        granted,
        [
            "SELECT log_pending user_id",
            "SELECT reminders fire_at",
            "SELECT reminders state"
        ]
    );
    let mut asked = 0;
    for (name, scaled) in all::<ScaledObject>("ScaledObject").unwrap() {
        for Query { query, .. } in scaled.queries() {
            let answer: i64 = sqlx::query_scalar(AssertSqlSafe(query.as_str()))
                .fetch_one(&mut *asking)
                .await
                .unwrap();
            assert_eq!(answer, i64::from(query.contains("log_pending")), "{name}");
            let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN {query}")))
                .fetch_all(&mut *asking)
                .await
                .unwrap();
            let plan = plan.join("\n");
            assert!(
                plan.contains("Index") && !plan.contains("Seq Scan") && !plan.contains("Sort"),
                "{name}: {plan}"
            );
            asked += 1;
        }
    }
    assert_eq!(asked, 4);
}
