//! What has been said about the parameters, before anything of it is understood.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::error::ParameterError;
use super::origin::Origin;

/// A parameter's text, which may be a password.
#[derive(Clone)]
pub(super) struct Value {
    pub(super) text: Zeroizing<String>,
    pub(super) origin: Origin,
}

/// What has been said, by parameter. An empty text is a value: it hides those of later sources, and
/// means the default.
#[derive(Clone, Default)]
pub(super) struct Values(BTreeMap<&'static str, Value>);

impl Values {
    pub(super) fn replace(&mut self, key: &'static str, text: Zeroizing<String>, origin: Origin) {
        self.0.insert(key, Value { text, origin });
    }

    /// Sets what has no value yet.
    pub(super) fn add(&mut self, key: &'static str, text: &str, origin: Origin) {
        let value = || Value { text: Zeroizing::new(text.to_owned()), origin };
        self.0.entry(key).or_insert_with(value);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// All of it, for tests.
    #[cfg(test)]
    pub(super) fn shown(&self) -> String {
        let all = self.iter().map(|(key, value)| format!("{key}={}", value.text.as_str()));
        all.collect::<Vec<_>>().join("|")
    }

    /// A text, even if it is empty.
    pub(super) fn as_said(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| value.text.as_str())
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.text.is_empty())
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).map(|value| value.text.as_str())
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &'static str,
        words: &[(&'static str, T)],
        default: T,
    ) -> Result<T, ParameterError> {
        // libpq takes no empty text for most of them.
        let may_be_empty = key.starts_with("ssl_") || key == "sslsni";
        let value = self.0.get(key).filter(|value| !may_be_empty || !value.text.is_empty());
        let Some(value) = value else { return Ok(default) };
        let found = words.iter().find(|(word, _)| *word == value.text.as_str());
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(key, format!("give one of {}", words.join(", ")))
        })
    }

    /// A whole number.
    pub(super) fn integer(&self, key: &'static str) -> Result<Option<i32>, ParameterError> {
        let number = |text: &str| {
            let expected = "give a whole number".to_owned();
            text.trim().parse().map_err(|_| self.wrong(key, expected))
        };
        self.text(key).map(number).transpose()
    }

    pub(super) fn wrong(&self, key: &'static str, expected: String) -> ParameterError {
        let (value, origin) = match self.0.get(key) {
            // What is no number can be a password in the wrong place.
            Some(value) if key == "port" && !is_list_of_numbers(&value.text) => {
                ("***".to_owned(), value.origin.clone())
            }
            Some(value) => (value.text.to_string(), value.origin.clone()),
            None => (String::new(), Origin::Argument),
        };
        ParameterError::Value { key, value, origin, expected }
    }
}

fn is_list_of_numbers(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || " ,+-.".contains(c))
}
