//! What is wrong with a platform's file.

use std::ops::Range;

use crate::place::Place;

/// Why a platform's description cannot be used. It is shown as one line: the file, the place where
/// there is one, and what is wrong there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}{}: {message}", shown(*place))]
pub struct PlatformError {
    file: String,
    place: Option<Place>,
    message: String,
}

impl PlatformError {
    /// `message` about the bytes `span` of `text`, which was read from `file`.
    pub(super) fn new(
        file: &str,
        text: &str,
        span: Option<Range<usize>>,
        message: impl Into<String>,
    ) -> Self {
        let start = Place { line: 1, column: 1 };
        let place = span.map(|span| start.advanced(text, span.start));
        Self { file: file.to_owned(), place, message: message.into() }
    }

    pub(super) fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let message = error.message().trim_end().replace('\n', ", ");
        Self::new(file, text, error.span(), message)
    }
}

fn shown(place: Option<Place>) -> String {
    place.map_or_else(String::new, |place| format!(":{place}"))
}
