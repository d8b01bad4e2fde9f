//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>, level 1): which request a piece of work belongs to,
//! carried from the request to the log to the event to its handler.

use uuid::Uuid;

/// The context of one piece of work: the trace it belongs to, and its own span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: String,
    span_id: String,
    is_sampled: bool,
}

impl TraceContext {
    /// The context of work that nothing caused.
    #[must_use]
    pub fn begin() -> Self {
        Self {
            trace_id: Uuid::new_v4().simple().to_string(),
            span_id: new_span_id(),
            is_sampled: true,
        }
    }

    /// The context of work caused by what sent `traceparent`; a new trace where that is absent or malformed, as the
    /// specification asks.
    #[must_use]
    pub fn continue_from(traceparent: Option<&str>) -> Self {
        traceparent
            .and_then(parse)
            .map_or_else(Self::begin, |(trace_id, is_sampled)| Self {
                trace_id: trace_id.to_owned(),
                span_id: new_span_id(),
                is_sampled,
            })
    }

    /// The header for what this work causes.
    #[must_use]
    pub fn traceparent(&self) -> String {
        format!(
            "00-{}-{}-{:02x}",
            self.trace_id,
            self.span_id,
            u8::from(self.is_sampled)
        )
    }

    /// The trace's id: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> &str {
        &self.trace_id
    }
}

fn new_span_id() -> String {
    Uuid::new_v4().simple().to_string().split_off(16)
}

/// The trace's id and whether it is sampled, of a well-formed header.
fn parse(traceparent: &str) -> Option<(&str, bool)> {
    let mut parts = traceparent.split('-');
    let [version, trace_id, span_id, flags] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    // A later version may have more parts; version 00 has exactly these, and ff is no version.
    let is_whole = match version {
        "00" => parts.next().is_none(),
        "ff" => false,
        _ => is_hex(version, 2),
    };
    let is_valid = is_whole && is_id(trace_id, 32) && is_id(span_id, 16) && is_hex(flags, 2);
    let flags = u8::from_str_radix(flags, 16).ok()?;
    is_valid.then_some((trace_id, flags & 1 == 1))
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_id(text: &str, length: usize) -> bool {
    is_hex(text, length) && text.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn work_stays_in_the_trace_that_caused_it_with_a_span_of_its_own() {
        let context = TraceContext::continue_from(Some(GOOD));
        assert_eq!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(!context.traceparent().contains("00f067aa0ba902b7"));
        assert_eq!(
            TraceContext::continue_from(Some(&context.traceparent())).trace_id(),
            context.trace_id()
        );
    }

    #[test]
    fn malformed_header_begins_a_new_trace() {
        let malformed = [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bé-01",
        ];
        for header in malformed {
            let context = TraceContext::continue_from(Some(header));
            assert_ne!(context.trace_id(), "4bf92f3577b34da6a3ce929d0e0e4736", "{header}");
            assert_eq!(context.trace_id().len(), 32);
        }
    }
}
