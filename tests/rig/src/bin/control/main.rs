//! Functions that are broken on purpose: each the real one without what makes it right. What checks a system has to find
//! them out. `CONTROL` says which this is; it takes the place of the function that it breaks.

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
        "successor-of-each-delivery" => run::run(successor::function),
        _ => run::exit_code(Err(anyhow::anyhow!("there is no control {control:?}"))),
    }
}
