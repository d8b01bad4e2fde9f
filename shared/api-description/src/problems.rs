//! Every kind of problem that the API answers with: what it means, and what to do about it.

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The last part of its `type`.
    pub name: &'static str,
    /// The status it is answered with.
    pub status: u16,
    /// Its title.
    pub title: &'static str,
    /// What happened, for a person.
    pub meaning: &'static str,
    /// What to do, for a person.
    pub remedy: &'static str,
}

/// Every kind, by status.
pub const ALL: &[Kind] = &[
    Kind {
        name: "malformed-request",
        status: 400,
        title: "The request cannot be read",
        meaning: "The body is not JSON, a query parameter or a header has not its form, or a cursor or token was \
                  altered or belongs to another list.",
        remedy: "Look at errors: each names a place (pointer, parameter or header) and what would be right. Begin \
                 lists anew without a cursor.",
    },
    Kind {
        name: "unauthenticated",
        status: 401,
        title: "It is not known who is asking",
        meaning: "The request brings no token, or one that is expired, was not issued for this service, or cannot be \
                  verified.",
        remedy: "Get a token from the issuer and send it as Authorization: Bearer TOKEN. The header WWW-Authenticate \
                 says what was wrong with the one that was sent.",
    },
    Kind {
        name: "not-found",
        status: 404,
        title: "There is no such thing",
        meaning: "Nothing of yours has this path: it never existed, was deleted, or belongs to somebody else, which is \
                  not told apart.",
        remedy: "Check the id. A deleted task can be brought back by POST /v1/tasks/{id}/restore.",
    },
    Kind {
        name: "method-not-allowed",
        status: 405,
        title: "The path does not take this method",
        meaning: "The path exists, and does not take the method of the request.",
        remedy: "The header Allow names the methods that it takes.",
    },
    Kind {
        name: "not-acceptable",
        status: 406,
        title: "No acceptable form",
        meaning: "The header Accept names no form that the answer has.",
        remedy: "Accept application/json and application/problem+json, or leave the header out. GET /v1/changes \
                 answers with text/event-stream, too.",
    },
    Kind {
        name: "request-timeout",
        status: 408,
        title: "The body did not come in time",
        meaning: "The body of the request was not complete within 20 seconds. Nothing was done.",
        remedy: "Send it again, on a new connection.",
    },
    Kind {
        name: "token-expired",
        status: 410,
        title: "The token has expired",
        meaning: "The log does not go on from this sync token: the service was restored from a backup, or the token is \
                  older than the log.",
        remedy: "Ask for GET /v1/changes?since=latest, read the lists anew, then go on from that token.",
    },
    Kind {
        name: "precondition-failed",
        status: 412,
        title: "The task has changed",
        meaning: "The task is no longer as it was when its ETag was read, so the change that depends on it was not \
                  made.",
        remedy: "Read the task again, decide anew, and send the change with the new ETag in If-Match.",
    },
    Kind {
        name: "content-too-large",
        status: 413,
        title: "The body is too large",
        meaning: "The body has more than 256 KiB.",
        remedy: "Send less at once.",
    },
    Kind {
        name: "unsupported-media-type",
        status: 415,
        title: "The body is not JSON",
        meaning: "The header Content-Type does not say that the body is JSON in UTF-8, or it is encoded further.",
        remedy: "Send Content-Type: application/json, or application/merge-patch+json with PATCH, once, and no \
                 Content-Encoding.",
    },
    Kind {
        name: "misdirected-request",
        status: 421,
        title: "The request is for another host",
        meaning: "This service runs for one person on one machine, and the request names another host: a web page may \
                  have tried to reach it.",
        remedy: "Use http://localhost, http://127.0.0.1 or http://[::1].",
    },
    Kind {
        name: "validation-failed",
        status: 422,
        title: "The request has faults",
        meaning: "The request can be read, and something it asks for is not right. Nothing was done.",
        remedy: "Look at errors: each names a place in the body and what would be right. All are named at once.",
    },
    Kind {
        name: "idempotency-key-reused",
        status: 422,
        title: "The key was used before",
        meaning: "Another request to this path was answered under this Idempotency-Key within the last 24 hours.",
        remedy: "Use a new key for each new request, and the same key only to repeat a request as it was.",
    },
    Kind {
        name: "not-possible",
        status: 422,
        title: "That is not possible now",
        meaning: "The request is right in itself, and the state of the task does not allow it: the detail says why.",
        remedy: "Read the task, and decide anew.",
    },
    Kind {
        name: "search-too-broad",
        status: 422,
        title: "The search is too broad",
        meaning: "Too many tasks would have to be looked through for one page.",
        remedy: "Add words or a filter, or choose another sort.",
    },
    Kind {
        name: "rate-limited",
        status: 429,
        title: "Too many requests",
        meaning: "You have sent more requests, or hold more streams, than one user may.",
        remedy: "Wait for as many seconds as the header Retry-After says.",
    },
    Kind {
        name: "internal",
        status: 500,
        title: "Something went wrong here",
        meaning: "The service failed, and the failure was logged. Nothing was done that was not answered before.",
        remedy: "Try again with the same Idempotency-Key. If it stays, report the answer's X-Request-Id.",
    },
    Kind {
        name: "unavailable",
        status: 503,
        title: "The service is away or too busy",
        meaning: "The service cannot reach its database in time. Nothing is lost that was answered before.",
        remedy: "Try again after as many seconds as the header Retry-After says, with the same Idempotency-Key.",
    },
];

/// The kinds that are answered with `status`.
pub fn of_status(status: u16) -> impl Iterator<Item = &'static Kind> {
    ALL.iter().filter(move |kind| kind.status == status)
}
