//! Finding tasks again.

use serde_json::json;

use crate::Users;

/// Every task is on one page of its list, and on no page of others.
pub async fn lists_are_filtered_searched_and_paged(users: &Users) {
    const TASKS: usize = 12;
    let api = users.named("alice");
    for number in 0..TASKS {
        let (priority, place) = if number % 3 == 0 {
            ("high", "garden")
        } else {
            ("low", "kitchen")
        };
        let body = json!({"title": format!("Number {number} in the {place}"), "priority": priority,
                          "tags": [place, "home"]});
        assert_eq!(api.post("/v1/tasks", &body).await.status, 201);
    }
    let titles = async |list: &str| {
        let tasks = api.all_by(list, 3).await;
        let titles = tasks
            .iter()
            .map(|task| task["title"].as_str().unwrap_or_default().to_owned());
        titles.collect::<Vec<_>>()
    };
    let expected: Vec<_> = (0..TASKS)
        .step_by(3)
        .map(|number| format!("Number {number} in the garden"))
        .collect();
    for filter in [
        "priority=high",
        "tag=garden&tag=home",
        "q=number%20gard",
        "q=gard&status=all",
    ] {
        assert_eq!(
            titles(&format!("/v1/tasks?{filter}&sort=created_at")).await,
            expected,
            "{filter}"
        );
    }
    let newest = titles("/v1/tasks?sort=-created_at").await;
    assert_eq!((newest.len(), newest[0].as_str()), (TASKS, "Number 11 in the kitchen"));
    assert!(titles("/v1/tasks?status=completed").await.is_empty());

    let page = api.get("/v1/tasks?limit=3").await.done();
    let cursor = page["next_cursor"].as_str().expect("there are more");
    let elsewhere = api
        .get(&format!("/v1/tasks?limit=3&priority=low&cursor={cursor}"))
        .await;
    assert_eq!((elsewhere.status, elsewhere.problem()), (400, "malformed-request"));
}
