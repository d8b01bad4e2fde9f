//! Texts with a form of their own. What is sent may have more forms than what is answered.

use std::borrow::Cow;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, RefOr, SchemaFormat,
        schema::{ObjectBuilder, Schema, Type},
    },
};

macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident { $($keyword:ident: $value:expr),* $(,)? })*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    ObjectBuilder::new()
                        .schema_type(Type::String)
                        .description(Some(concat!($($doc),+).trim_start()))
                        $(.$keyword(Some($value)))*
                        .into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
            }
        )*
    };
}

/// A local time's hours and minutes, in a pattern.
macro_rules! clock {
    () => {
        "([01][0-9]|2[0-3]):[0-5][0-9]"
    };
}

/// A date, in a pattern.
macro_rules! date {
    () => {
        "(19|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    };
}

/// The part of a duration that is counted by the clock, in a pattern.
macro_rules! time {
    () => {
        "T([0-9]+H([0-9]+M)?([0-9]+S)?|[0-9]+M([0-9]+S)?|[0-9]+S)"
    };
}

/// A format that utoipa has no name for.
fn format(name: &str) -> SchemaFormat {
    SchemaFormat::Custom(name.to_owned())
}

texts! {
    /// A UUID in lower case.
    Id {
        format: format("uuid"),
        pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    }
    /// An instant in UTC (RFC 3339), to the microsecond.
    Instant { format: SchemaFormat::KnownFormat(KnownFormat::DateTime), pattern: "Z$" }
    /// An instant of the years 1900 to 9999 with its offset (RFC 3339), kept to the microsecond.
    SentInstant { format: SchemaFormat::KnownFormat(KnownFormat::DateTime) }
    /// A date, or a local date-time to the second, of the years 1900 to 9999.
    LocalDate { pattern: concat!("^", date!(), "(T", clock!(), ":[0-5][0-9])?$") }
    /// A date, or a local date-time, of the years 1900 to 9999; without seconds they are 00.
    SentLocalDate { pattern: concat!("^", date!(), "(T", clock!(), "(:[0-5][0-9])?)?$") }
    /// An instant of the years 1900 to 9999 with its offset (RFC 3339), or a date.
    Bound { pattern: concat!("^", date!(), "(T", clock!(), ":[0-5][0-9](\\.[0-9]+)?(Z|[+-]", clock!(), "))?$") }
    /// A duration from the due date (ISO 8601), up to 366 days either way. Days are the calendar's, hours the clock's.
    Offset { pattern: concat!("^-?P([0-9]+D(", time!(), ")?|", time!(), ")$") }
    /// A duration from the due date (ISO 8601), up to 366 days either way. Days are the calendar's, hours the clock's;
    /// a date's offset counts from its local midnight.
    SentOffset {
        pattern: concat!("^[+-]?P([0-9]+W([0-9]+D)?(", time!(), ")?|[0-9]+D(", time!(), ")?|", time!(), ")$")
    }
    /// A zone of the IANA database, such as `Europe/Berlin`.
    TimeZone { pattern: "^[A-Za-z0-9_+/-]{1,64}$" }
    /// A recurrence rule: RFC 5545's RRULE, with RFC 7529's RSCALE=GREGORIAN and SKIP, in its canonical form.
    Rule { min_length: 1 }
    /// A recurrence rule: RFC 5545's RRULE, with RFC 7529's RSCALE=GREGORIAN and SKIP; parts in any order.
    SentRule { min_length: 1, max_length: 2048 }
    /// One line of 1 to 500 characters, something to see among them.
    Title { min_length: 1, max_length: 500 }
    /// One line of 1 to 500 characters after trimming, something to see among them; no control characters.
    SentTitle { min_length: 1, pattern: r"^\s*\S(.{0,498}\S)?\s*$" }
    /// Up to 10 000 characters; line breaks and tabs are the only control characters.
    Description { max_length: 10_000 }
    /// One line of 1 to 50 characters.
    Tag { min_length: 1, max_length: 50 }
    /// One line of 1 to 50 characters after trimming.
    SentTag { min_length: 1, pattern: r"^\s*\S(.{0,48}\S)?\s*$" }
    /// In any case.
    SentPriority { pattern: "^([Hh][Ii][Gg][Hh]|[Mm][Ee][Dd][Ii][Uu][Mm]|[Ll][Oo][Ww])$" }
    /// Where the next page begins: a `next_cursor` of this very list, with the same filters.
    Cursor { pattern: "^[A-Za-z0-9_-]+$" }
    /// A sync token: what of the log is known.
    Token { pattern: "^[A-Za-z0-9_-]+$" }
    /// A relative reference.
    Reference { format: format("uri-reference") }
    /// A place in the body (RFC 6901); empty for the whole.
    Pointer { format: format("json-pointer") }
}
