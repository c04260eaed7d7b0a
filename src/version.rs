//! Major versions of PostgreSQL.

use std::fmt;
use std::str::FromStr;

/// A major version: 9.5, 9.6, 10, 11 …
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Major(u32);

impl Major {
    /// The oldest version that is read.
    pub const OLDEST: Self = Self(90_500);

    /// The major version `number`, from 10 on.
    pub const fn new(number: u32) -> Self {
        Self(number * 10_000)
    }

    /// From `server_version_num`: 90624 is 9.6, 170005 is 17.
    pub const fn from_server_version_num(num: u32) -> Self {
        Self(if num < 100_000 { num / 100 * 100 } else { num / 10_000 * 10_000 })
    }

    /// The number before the first dot: 9 or 17.
    pub const fn number(self) -> u32 {
        self.0 / 10_000
    }
}

impl fmt::Display for Major {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            num if num < 100_000 => write!(f, "{}.{}", num / 10_000, num / 100 % 100),
            num => write!(f, "{}", num / 10_000),
        }
    }
}

impl FromStr for Major {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is no major version of PostgreSQL: give one like 16");
        if let Some(minor) = text.strip_prefix("9.") {
            let minor: u32 = minor.parse().map_err(|_| bad())?;
            return if minor < 7 { Ok(Self(90_000 + minor * 100)) } else { Err(bad()) };
        }
        match text.parse() {
            Ok(number) if (10..1_000).contains(&number) => Ok(Self::new(number)),
            _ => Err(bad()),
        }
    }
}

impl serde::Serialize for Major {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_both_numbering_schemes() {
        for text in ["9.5", "9.6", "10", "18"] {
            assert_eq!(text.parse::<Major>().map(|m| m.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Major::from_server_version_num(90_624), "9.6".parse().unwrap());
        assert_eq!(Major::from_server_version_num(170_005), Major::new(17));
        assert!("9.6".parse::<Major>().unwrap() < Major::new(10));
        for text in ["", "9", "9.7", "1", "17.2", "x"] {
            assert!(text.parse::<Major>().is_err(), "{text}");
        }
    }
}
