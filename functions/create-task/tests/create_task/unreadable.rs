//! What is not JSON, or no request at all: 400, with the place.

use crate::{PATH, nothing_was_written, start};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn unreadable_bodies_are_refused_with_their_place() {
    let (app, client) = start().await;
    for (body, place) in [
        ("", ""),
        ("{", ""),
        (r#"{"title": "x"} y"#, ""),
        (r#"{"title": "\ud800"}"#, "/title"),
        (r#"{"title": "\udc00\ud800"}"#, "/title"),
        ("{\"title\": \"a\nb\"}", "/title"),
        (r#"{"title": 1e999}"#, "/title"),
        (r#"{"reminders": [{"at": -1e999}]}"#, "/reminders/0/at"),
        (r#"{"title": NaN}"#, "/title"),
        (r#"{title: "x"}"#, ""),
    ] {
        let reply = client.post_raw(PATH, &JSON, body).await;
        assert_eq!(reply.status, 400, "{body} gives {reply:?}");
        assert_eq!(reply.problem(), "malformed-request");
        assert_eq!(reply.faults(), [place], "{body}");
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn member_given_twice_is_named() {
    let (app, client) = start().await;
    for (body, place) in [
        (r#"{"title": "x", "title": "y"}"#, "/title"),
        (r#"{"title": "x", "\u0074itle": "y"}"#, "/title"),
        (r#"{"title": "x", "extra": {"title": 1, "title": 2}}"#, "/extra/title"),
        (
            r#"{"reminders": [{}, {"offset": "PT0S", "offset": "PT0S"}]}"#,
            "/reminders/1/offset",
        ),
    ] {
        let reply = client.post_raw(PATH, &JSON, body).await;
        assert_eq!(reply.status, 400, "{body}");
        assert_eq!(reply.faults(), [place], "{body}");
        let detail = reply.json["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("is given twice"), "{detail}");
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let (app, client) = start().await;
    let deep = [b"{\"title\":".to_vec(), b"[".repeat(100_000)].concat();
    for body in [
        b"{\"title\": \"\xff\"}".to_vec(),
        vec![0; 100],
        b"\xef\xbb\xbf{}".to_vec(),
        deep,
    ] {
        let reply = client.post_raw(PATH, &JSON, body).await;
        assert_eq!((reply.status.as_u16(), reply.problem()), (400, "malformed-request"));
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn json_that_is_no_object_is_refused_as_such() {
    let (app, client) = start().await;
    for body in ["null", "[]", "\"x\"", "7", "true", "123456789012345678901234567890"] {
        let reply = client.post_raw(PATH, &JSON, body).await;
        assert_eq!((reply.status.as_u16(), reply.faults()), (422, vec![""]), "{body}");
    }
    nothing_was_written(&app).await;
}

#[tokio::test]
async fn huge_number_for_a_text_names_its_member() {
    let (app, client) = start().await;
    let body = format!("{{\"title\": \"x\", \"priority\": {}}}", "9".repeat(300));
    let reply = client.post_raw(PATH, &JSON, body).await;
    assert_eq!(
        (reply.status.as_u16(), reply.faults()),
        (422, vec!["/priority"]),
        "{reply:?}"
    );
    nothing_was_written(&app).await;
}
