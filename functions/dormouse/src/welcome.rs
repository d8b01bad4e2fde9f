//! What `dormouse` tells the person who started it, on standard output.

use std::{io::Write, path::Path};

use chrono::{SecondsFormat, TimeDelta};
use runtime::{Clock, configuration::Settings, identity::Authentication};

use crate::{process::Process, source::Source};

/// Says what is about to be done.
pub(crate) fn begin(settings: &Settings, folder: &Path) {
    say(&match settings.database {
        Some(_) => "Waking up on the PostgreSQL that was named …".to_owned(),
        None => format!("Waking up: starting a private PostgreSQL in {} …", folder.display()),
    });
}

/// Says where everything is, and what to try.
pub(crate) fn ready(process: &Process, source: &Source, clock: &Clock, authentication: &Authentication) {
    let address = format!("http://{}", process.address);
    let data = match &source.server {
        Some(server) => server.data_dir().display().to_string(),
        None => "in the PostgreSQL that was named".to_owned(),
    };
    let token = match authentication {
        Authentication::LocalUser => "",
        Authentication::By(_) => " -H \"Authorization: Bearer $TOKEN\"",
    };
    let moment = (clock.now() + TimeDelta::minutes(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
    say(&format!(
        "\nDormouse is awake.\n\
         \n  address   {address}\
         \n  API       {address}/docs\
         \n  metrics   http://{metrics}/metrics\
         \n  data      {data}\
         \n\nTry:\n\
         \n  curl -s {address}/v1/tasks{token} -H 'Content-Type: application/json' \\\
         \n    -d '{{\"title\": \"Water the plants\", \"remind_at\": \"{moment}\"}}'\
         \n  curl -s {address}/v1/notifications{token}   # a minute later\n\
         \nCtrl-C stops it.\n",
        metrics = process.metrics_address,
    ));
}

/// A terminal that went away is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
