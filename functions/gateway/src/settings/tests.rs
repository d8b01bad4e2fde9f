use runtime::configuration::function_variable as variable;

use super::*;

const TEMPLATE: &str = "FUNCTIONS_URL";
const ALL: (&str, &str) = (TEMPLATE, "http://{name}.dormouse.svc");

fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let lookup = |name: &str| {
        let mut set = variables.iter().rev();
        set.find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
    };
    Settings::read(lookup).map_err(|error| error.to_string())
}

fn fault(name: &'static str, value: &'static str) -> String {
    read(&[ALL, (name, value)]).unwrap_err()
}

#[test]
fn one_address_says_where_every_function_is() {
    let settings = read(&[ALL]).unwrap();
    assert_eq!(settings.functions.len(), routes::functions().len());
    assert_eq!(settings.functions["get-task"].authority, "get-task.dormouse.svc");
    let settings = read(&[(TEMPLATE, "h2c://dormouse:8080/")]).unwrap();
    assert!(
        settings
            .functions
            .values()
            .all(|at| at.is_http2 && at.authority == "dormouse:8080")
    );
}

#[test]
fn address_of_its_own_counts_before_that_for_all() {
    let settings = read(&[ALL, ("FUNCTION_CREATE_TASK_URL", "http://[::1]:9000")]).unwrap();
    assert_eq!(settings.functions["create-task"].authority, "[::1]:9000");
    assert_eq!(settings.functions["get-task"].authority, "get-task.dormouse.svc");
}

#[test]
fn functions_without_an_address_stop_the_start() {
    let text = read(&[]).unwrap_err();
    for name in routes::functions() {
        assert!(text.contains(&variable(name)), "{text}");
    }
    assert!(text.contains("FUNCTIONS_URL") && !text.contains('\n'), "{text}");

    let mut all: Vec<_> = routes::functions().into_iter().map(variable).collect();
    let missing = all.pop().unwrap();
    let set: Vec<_> = all.iter().map(|name| (name.as_str(), "http://127.0.0.1:1")).collect();
    assert!(
        read(&set)
            .unwrap_err()
            .contains(&format!("{missing} is missing: it says"))
    );
}

#[test]
fn defaults_stand_where_nothing_is_said() {
    let settings = read(&[ALL, ("REDIS_URL", "")]).unwrap();
    assert_eq!(settings.rate_limit.get(), 600);
    assert!(settings.redis.is_none() && settings.origins.is_empty() && settings.trusted_proxies.is_empty());
}

#[test]
fn addresses_are_bare_and_in_the_clear() {
    for address in [
        "https://create-task",
        "http://create-task/path",
        "http://create-task?x",
        "http://create-task#x",
        "http://ann:secret@create-task",
        "create-task:80",
        "/create-task",
        "ftp://create-task",
        "http://",
    ] {
        let text = fault("FUNCTION_CREATE_TASK_URL", address);
        assert!(
            text.contains("FUNCTION_CREATE_TASK_URL ") && !text.contains("secret"),
            "{text}"
        );
        assert!(!text.contains("missing"), "{text}");
        assert!(fault(TEMPLATE, address).matches(TEMPLATE).count() == 1);
    }
    assert!(fault("FUNCTION_CREATE_TASK_URL", "https://x").contains("in the clear"));
}

#[test]
fn malformed_values_stop_the_start() {
    for (name, value) in [
        ("RATE_LIMIT_PER_MINUTE", "0"),
        ("RATE_LIMIT_PER_MINUTE", "1000001"),
        ("RATE_LIMIT_PER_MINUTE", "many"),
        ("REDIS_URL", "rediss://:secret@host"),
        ("REDIS_URL", "http://:secret@host"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example/"),
        ("CORS_ALLOWED_ORIGINS", "https://App.example"),
        ("CORS_ALLOWED_ORIGINS", "null"),
        ("CORS_ALLOWED_ORIGINS", "https://*.example"),
        ("CORS_ALLOWED_ORIGINS", "https://app.example,"),
        ("TRUSTED_PROXIES", "2"),
        ("TRUSTED_PROXIES", "10.0.0.0/33"),
        ("TRUSTED_PROXIES", "::ffff:10.0.0.0/104"),
    ] {
        let text = fault(name, value);
        assert!(text.contains(&format!("{name} ")) && !text.contains("secret"), "{text}");
    }
}

#[test]
fn lists_have_commas_between() {
    let settings = read(&[
        ALL,
        ("CORS_ALLOWED_ORIGINS", "https://app.example, http://localhost:3000"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, fd00::1"),
    ])
    .unwrap();
    assert_eq!(settings.origins, ["https://app.example", "http://localhost:3000"]);
    assert_eq!(settings.trusted_proxies.len(), 2);
}
