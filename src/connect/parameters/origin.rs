//! Where a parameter comes from.

use std::fmt;

/// Where a parameter comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The connection string or URI.
    Argument,
    /// A section of the service file.
    Service(String),
    /// This variable.
    Variable(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument => f.write_str("the connection string"),
            Self::Service(name) => write!(f, "service {name}"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}
