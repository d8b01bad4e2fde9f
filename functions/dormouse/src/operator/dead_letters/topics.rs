//! The dead letters of functions that Kafka wakes. An id is `topic/partition/offset`.

use anyhow::Context;
use kafka::{
    Settings,
    dead_letters::{DeadLetter, Marker, Place, Reader},
    topics::CONSUMERS,
};

use super::{
    newest::Newest,
    post::{Answer, Endpoint},
};
use crate::{
    cli::Filter,
    operator::{
        print,
        terminal::{harmless, short},
    },
};

/// The most characters of an error in a list.
const ERROR: usize = 300;
/// The most of a name.
const NAME: usize = 80;

/// What came of a replay.
#[derive(Debug, Default)]
struct Tally {
    replayed: u64,
    stay: u64,
}

pub(super) async fn list(settings: &Settings, filter: &Filter, newest: &mut Newest) -> anyhow::Result<()> {
    let mut reader = Reader::new(settings)?;
    for function in functions(filter) {
        let mut letters = reader.letters_of(function).await?;
        while let Some(letter) = letters.next().await? {
            if takes(filter, &letter) {
                newest.add(letter.died_at, line(&letter));
            }
        }
    }
    Ok(())
}

pub(super) async fn show(settings: &Settings, place: Place) -> anyhow::Result<()> {
    let letter = find(settings, place).await?;
    print(&line(&letter));
    print(&serde_json::to_string_pretty(&letter.event.to_json())?);
    Ok(())
}

pub(super) async fn replay(settings: &Settings, place: Place) -> anyhow::Result<()> {
    let letter = find(settings, place).await?;
    if let Some(fault) = &letter.fault {
        anyhow::bail!("it is no CloudEvent, so no function takes it: {}", harmless(fault));
    }
    match endpoint(place.function)?.post(&letter.event).await {
        Answer::Taken => Marker::new(settings)?.mark(place).await?,
        Answer::NotTaken(why) | Answer::Away(why) => anyhow::bail!("it stays: {}", harmless(&why)),
    }
    print(&format!("{} took it.", place.function));
    Ok(())
}

pub(super) async fn replay_all(settings: &Settings, filter: &Filter) -> anyhow::Result<()> {
    let (mut reader, marker, mut tally) = (Reader::new(settings)?, Marker::new(settings)?, Tally::default());
    for function in functions(filter) {
        tally.replay_those_of(function, &mut reader, &marker, filter).await?;
    }
    let Tally { replayed, stay } = tally;
    print(&format!("{replayed} were taken by the functions that Kafka wakes."));
    anyhow::ensure!(stay == 0, "{stay} were not, and stay");
    Ok(())
}

impl Tally {
    async fn replay_those_of(
        &mut self,
        function: &'static str,
        reader: &mut Reader,
        marker: &Marker,
        filter: &Filter,
    ) -> anyhow::Result<()> {
        let (mut letters, mut known) = (reader.letters_of(function).await?, None);
        while let Some(letter) = letters.next().await? {
            if !takes(filter, &letter) {
                continue;
            }
            let endpoint = match known.take() {
                Some(endpoint) => endpoint,
                // Nobody need say where a function is that has no dead letters.
                None => endpoint(function)?,
            };
            let answer = match &letter.fault {
                Some(fault) => Answer::NotTaken(format!("it is no CloudEvent: {fault}")),
                None => endpoint.post(&letter.event).await,
            };
            known = Some(endpoint);
            match answer {
                Answer::Taken => {
                    marker.mark(letter.place).await?;
                    self.replayed += 1;
                }
                Answer::NotTaken(why) => {
                    print(&format!("{} stays: {why}", letter.place));
                    self.stay += 1;
                }
                Answer::Away(why) => {
                    print(&format!("{} stays, as do those after it: {why}", letter.place));
                    self.stay += 1;
                    break;
                }
            }
        }
        Ok(())
    }
}

async fn find(settings: &Settings, place: Place) -> anyhow::Result<DeadLetter> {
    let letter = Reader::new(settings)?.find(place).await?;
    letter.context("there is no such dead letter")
}

fn endpoint(function: &'static str) -> anyhow::Result<Endpoint> {
    Endpoint::of(function, |name| std::env::var(name).ok())
}

/// Those that may have what the filter takes.
fn functions(filter: &Filter) -> impl Iterator<Item = &'static str> {
    let wanted = filter.function.clone();
    let is_wanted = move |function: &&str| wanted.as_deref().is_none_or(|wanted| wanted == *function);
    CONSUMERS.into_iter().filter(is_wanted)
}

fn takes(filter: &Filter, letter: &DeadLetter) -> bool {
    let attribute = |name| letter.event.attribute(name);
    let user = attribute("partitionkey").and_then(|user| user.parse().ok());
    let has = |text: &String| letter.error.to_lowercase().contains(&text.to_lowercase());
    filter.user.is_none_or(|wanted| user == Some(wanted))
        && filter
            .kind
            .as_deref()
            .is_none_or(|kind| attribute("type") == Some(kind))
        && filter.since.is_none_or(|since| letter.died_at >= since)
        && filter.until.is_none_or(|until| letter.died_at < until)
        && filter.error.as_ref().is_none_or(has)
}

fn line(letter: &DeadLetter) -> String {
    let attribute = |name| short(letter.event.attribute(name).unwrap_or_default(), NAME);
    let what = match &letter.fault {
        Some(fault) => format!("no CloudEvent ({})", short(fault, NAME)),
        None => format!(
            "{} {} of {}",
            attribute("type"),
            attribute("id"),
            attribute("partitionkey")
        ),
    };
    let error = short(&letter.error, ERROR);
    format!("{}  {}  {what}: {error}", letter.place, letter.died_at)
}
