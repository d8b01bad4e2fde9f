//! Handing a request on to its function: one that starts from zero is waited for, one that fails is asked again where
//! that does no harm.

use std::{error::Error, time::Instant};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use hyper::body::Incoming;
use runtime::Problem;

use crate::{
    address::Client,
    answer,
    breaker::Permit,
    request::Head,
    upload::Upload,
    upstream::{NoAnswer, Upstream},
};

/// How long a function may take to start. Those that need a node of a cluster made for them take longer, and no client
/// waits for that.
const START_PATIENCE: TimeDelta = TimeDelta::seconds(30);
/// The pauses between two tries: many at first, as a function starts in a fraction of a second.
const FIRST_PAUSE: TimeDelta = TimeDelta::milliseconds(25);
const LONGEST_PAUSE: TimeDelta = TimeDelta::milliseconds(500);
/// How often a request is sent that was lost on its way, after which it may be the request that kills the function.
const MOST_BROKEN: u32 = 3;

/// Hands `request` on to its function, and its answer back.
pub(crate) async fn forward(upstream: &Upstream, request: Request) -> Response {
    let began = Instant::now();
    let answer = answer(upstream, request)
        .await
        .unwrap_or_else(IntoResponse::into_response);
    let status = answer.status().as_u16().to_string();
    metrics::histogram!("gateway_upstream_duration_seconds", "function" => upstream.name)
        .record(began.elapsed().as_secs_f64());
    metrics::counter!("gateway_requests_total", "function" => upstream.name, "status" => status).increment(1);
    metrics::gauge!("gateway_breaker_open", "function" => upstream.name)
        .set(f64::from(u8::from(upstream.breaker.is_open())));
    answer
}

async fn answer(upstream: &Upstream, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let upload = Upload::of(&parts.headers, body)?;
    let client = parts.extensions.get::<Client>().copied().ok_or_else(|| {
        tracing::error!("a request is handed on whose client is not known");
        Problem::internal()
    })?;
    let head = Head::of(&parts, client, &upstream.address).map_err(|_| Problem::not_found())?;
    let permit = upstream.breaker.admit(upstream.clock.now()).map_err(|wait| {
        tracing::debug!(function = upstream.name, "it is left alone");
        Problem::unavailable_for(wait)
    })?;
    let tries = Tries::begin(upstream.clock.now());
    let response = ask(upstream, &head, &upload, permit, tries).await?;
    let stopping = parts.extensions.get().cloned().unwrap_or_default();
    Ok(answer::to_client(upstream.name, response, stopping))
}

async fn ask(
    upstream: &Upstream,
    head: &Head,
    upload: &Upload,
    permit: Permit<'_>,
    mut tries: Tries,
) -> Result<http::Response<Incoming>, Problem> {
    loop {
        let why = match upstream.send(head, upload.attempt()).await {
            Ok(response) if answer::is_from_the_way(&response) => Why::NotStarted(response.status()),
            Ok(response) => {
                permit.succeed();
                return Ok(response);
            }
            // What is wrong with the body is its client's fault, and says nothing of the function.
            Err(no_answer) => match upload.fault() {
                Some(fault) => return Err(fault.into()),
                None => Why::NoAnswer(no_answer),
            },
        };
        let Some(pause) = tries.pause(&why, head.is_repeatable(), upstream.clock.now()) else {
            tell(upstream, &why);
            // A function that starts is not to be left alone for requests that could not be waited with.
            if !matches!(why, Why::NotStarted(_)) || tries.is_over(upstream.clock.now()) {
                permit.fail(upstream.clock.now());
            }
            if upstream.breaker.is_open() {
                tracing::warn!(
                    function = upstream.name,
                    "it keeps failing, and is left alone for a while"
                );
            }
            return Err(Problem::unavailable());
        };
        metrics::counter!("gateway_retries_total", "function" => upstream.name, "why" => why.label()).increment(1);
        upstream.clock.sleep(pause).await;
    }
}

fn tell(upstream: &Upstream, why: &Why) {
    let cause = match why {
        Why::NoAnswer(error) => {
            let first: &dyn Error = error;
            let causes = std::iter::successors(Some(first), |&error| error.source());
            causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
        }
        Why::NotStarted(status) => format!("what stands before it answered {status}"),
    };
    tracing::warn!(function = upstream.name, cause, "a function did not answer");
}

/// Why a try gave no answer.
#[derive(Debug)]
enum Why {
    NoAnswer(NoAnswer),
    /// What stands before it says that it is not there.
    NotStarted(http::StatusCode),
}

impl Why {
    fn label(&self) -> &'static str {
        match self {
            Self::NoAnswer(NoAnswer::Unreachable(_)) => "unreachable",
            Self::NoAnswer(_) => "broken",
            Self::NotStarted(_) => "not-started",
        }
    }
}

/// How often a request was tried, and since when.
#[derive(Debug)]
struct Tries {
    began: DateTime<Utc>,
    broken: u32,
    pause: TimeDelta,
}

impl Tries {
    fn begin(now: DateTime<Utc>) -> Self {
        Self {
            began: now,
            broken: 0,
            pause: FIRST_PAUSE,
        }
    }

    /// Whether it was tried for long enough; by a clock that was set back, too.
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        (now - self.began).abs() >= START_PATIENCE
    }

    /// How long to wait before it is tried again, if it may be.
    fn pause(&mut self, why: &Why, is_repeatable: bool, now: DateTime<Utc>) -> Option<TimeDelta> {
        let is_patient = !self.is_over(now);
        let may_again = match why {
            // Nothing of it was sent, so that nothing can be done twice.
            Why::NoAnswer(NoAnswer::Unreachable(_)) => is_patient,
            Why::NotStarted(_) => is_patient && is_repeatable,
            Why::NoAnswer(NoAnswer::Broken(_)) => {
                self.broken += 1;
                is_patient && is_repeatable && self.broken < MOST_BROKEN
            }
            Why::NoAnswer(NoAnswer::TooSlow(_) | NoAnswer::Switched) => false,
        };
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST_PAUSE);
        may_again.then_some(pause)
    }
}

/// Zero, so that a metric is there before anything happens to it.
pub(crate) fn begin_metrics(upstream: &Upstream) {
    metrics::gauge!("gateway_breaker_open", "function" => upstream.name).set(0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_that_is_set_back_makes_nobody_wait_for_longer() {
        let why = Why::NotStarted(http::StatusCode::SERVICE_UNAVAILABLE);
        let began = DateTime::UNIX_EPOCH;
        let pause = |later| Tries::begin(began).pause(&why, true, began + TimeDelta::seconds(later));
        assert!(pause(29).is_some() && pause(30).is_none());
        assert!(pause(-29).is_some() && pause(-3600).is_none());
    }
}
