//! The planner's word.

use serde::Deserialize;
use sqlx::{AssertSqlSafe, PgConnection, types::Json};

use super::queries::Query;

/// What a prepared statement is planned for: the values at hand, or any.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mode {
    Custom,
    Generic,
}

#[derive(Deserialize)]
struct Explained {
    #[serde(rename = "Plan")]
    plan: Plan,
}

/// A node of a plan, with those below it.
#[derive(Debug, Deserialize)]
pub(super) struct Plan {
    #[serde(rename = "Node Type")]
    pub(super) kind: String,
    #[serde(rename = "Relation Name")]
    pub(super) relation: Option<String>,
    #[serde(rename = "Index Name")]
    pub(super) index: Option<String>,
    #[serde(rename = "Plan Rows")]
    pub(super) rows: f64,
    #[serde(rename = "Plans", default)]
    pub(super) plans: Vec<Plan>,
    #[serde(rename = "Shared Hit Blocks", default)]
    hit: u64,
    #[serde(rename = "Shared Read Blocks", default)]
    read: u64,
}

impl Plan {
    /// It and every node below it.
    pub(super) fn nodes(&self) -> Vec<&Self> {
        let below = self.plans.iter().flat_map(Self::nodes);
        std::iter::once(self).chain(below).collect()
    }
}

async fn run(connection: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

async fn prepare(connection: &mut PgConnection, query: &Query, mode: Mode) {
    let mode = match mode {
        Mode::Custom => "force_custom_plan",
        Mode::Generic => "force_generic_plan",
    };
    let types = in_parentheses(&query.types);
    run(
        connection,
        format!("SET plan_cache_mode = {mode}; PREPARE q{types} AS {}", query.text),
    )
    .await;
}

fn in_parentheses(parts: &[String]) -> String {
    if parts.is_empty() {
        String::new()
    } else {
        format!("({})", parts.join(", "))
    }
}

async fn plan_of(connection: &mut PgConnection, options: &str, values: &[String]) -> Plan {
    let sql = format!("EXPLAIN ({options}, FORMAT JSON) EXECUTE q{}", in_parentheses(values));
    let Json(explained): Json<Vec<Explained>> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(connection)
        .await
        .unwrap();
    explained.into_iter().next().unwrap().plan
}

/// The query's plan.
pub(super) async fn explain(connection: &mut PgConnection, query: &Query, mode: Mode) -> Plan {
    prepare(connection, query, mode).await;
    let plan = plan_of(connection, "VERBOSE off", &query.values).await;
    run(connection, "DEALLOCATE q".to_owned()).await;
    plan
}

/// The pages that the query touches when it runs.
pub(super) async fn measure(connection: &mut PgConnection, query: &Query) -> u64 {
    prepare(connection, query, Mode::Custom).await;
    // The first run may read what it learns about the tables.
    plan_of(connection, "ANALYZE, BUFFERS", &query.values).await;
    let plan = plan_of(connection, "ANALYZE, BUFFERS", &query.values).await;
    run(connection, "DEALLOCATE q".to_owned()).await;
    plan.hit + plan.read
}
