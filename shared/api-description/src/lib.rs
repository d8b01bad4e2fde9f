//! What the API says of itself: the schemas, parameters and answers that the handlers' descriptions are made of, and
//! the documents that are made of these. Nothing of it runs in a function: what serves is the finished document.

pub mod answers;
pub mod asyncapi;

pub mod openapi;
pub mod parameters;
pub mod problems;
pub mod samples;
pub mod schemas;
