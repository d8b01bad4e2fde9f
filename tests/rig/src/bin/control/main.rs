//! Functions that are broken on purpose: each the real one without what makes it right. What checks a system has to find
//! them out. `CONTROL` says which this is; it takes the place of the function that it breaks.

mod api;
mod dispatcher;
mod notification;
mod relay;
mod successor;

use std::process::ExitCode;

use runtime::run;

fn main() -> ExitCode {
    let control = std::env::var("CONTROL").unwrap_or_default();
    match control.as_str() {
        "relay-marks-first" => relay::start(relay::marks_first),
        "relay-reorders" => relay::start(relay::reorders),
        "dispatcher-without-a-lock" => run::run(|app| dispatcher::function(app, dispatcher::WITHOUT_A_LOCK)),
        "dispatcher-too-early" => run::run(|app| dispatcher::function(app, dispatcher::TOO_EARLY)),
        "notification-of-each-delivery" => run::run(notification::of_each),
        "notification-of-no-delivery" => run::run(notification::of_none),
        "notification-refuses-every-event" => run::run(notification::refuses),
        "notification-fails-every-event" => run::run(notification::fails),
        "successor-of-each-delivery" => run::run(successor::of_each),
        "successor-of-no-delivery" => run::run(successor::of_none),
        "creates-whatever-its-key" => run::run(api::creates_whatever_its_key),
        "completes-nothing" => run::run(api::completes_nothing),
        "completes-what-is-not-there" => run::run(api::completes_what_is_not_there),
        "shows-what-is-anothers" => run::run(api::shows_what_is_anothers),
        "streams-from-the-beginning" => run::run(api::streams_from_the_beginning),
        _ => run::exit_code(Err(anyhow::anyhow!("there is no control {control:?}"))),
    }
}
