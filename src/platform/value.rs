//! Which values a setting takes, as far as its type says it (`parse_and_validate_value` in
//! `src/backend/utils/misc/guc.c`).

use crate::version::Major;

/// What a setting takes. What is not known counts as taken.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Values {
    /// Any text, or nothing is known.
    Any,
    /// Yes or no.
    Bool,
    /// One of these words, in any case.
    Words(Vec<&'static str>),
    /// A whole number.
    Integer(Range),
    /// A number.
    Real(Range),
}

/// The smallest and the largest number, in the unit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Range {
    min: f64,
    max: f64,
    texts: (&'static str, &'static str),
    unit: &'static str,
}

impl Range {
    /// `64..2147483647`, and a unit as `pg_settings` names it, or none.
    pub(super) fn read(text: &'static str, unit: &'static str) -> Option<Self> {
        let (low, high) = text.split_once("..")?;
        let (min, max): (f64, f64) = (low.parse().ok()?, high.parse().ok()?);
        // pg_settings shows six digits of the largest number that there is.
        let max = if max >= 1.797_69e308 { f64::MAX } else { max };
        let min = if min <= -1.797_69e308 { f64::MIN } else { min };
        Some(Self { min, max, texts: (low, high), unit })
    }

    fn describe(&self, what: &str) -> String {
        let (low, high) = self.texts;
        let unit = if self.unit.is_empty() { "" } else { " in units of " };
        format!("{what} from {low} to {high}{unit}{}", self.unit)
    }
}

/// A word in its usual spelling: `on` and `off` of those that take a truth value beside others, and the level
/// that `debug` stands for (the hidden entries of `src/backend/utils/misc/guc_tables.c`).
fn synonym(word: &str, words: &[&str]) -> String {
    let word = word.to_ascii_lowercase();
    let usual = match word.as_str() {
        "true" | "yes" | "1" => "on",
        "false" | "no" | "0" => "off",
        "debug" => "debug2",
        _ => return word,
    };
    if words.contains(&usual) { usual.to_owned() } else { word }
}

impl Values {
    /// Whether a server takes both texts for one value. Numbers without a unit are in the setting's own.
    pub(super) fn is_same(&self, one: &str, other: &str, major: Major) -> bool {
        let same = |one: Number, other: Number| matches!((one, other), (Number::Is(one), Number::Is(other)) if one.to_bits() == other.to_bits());
        match self {
            Self::Any => false,
            Self::Bool => is_bool(one) && is_bool(other) && is_on(one) == is_on(other),
            Self::Words(words) => {
                let is_word = |text: &str| words.iter().any(|word| word.eq_ignore_ascii_case(text));
                is_word(one) && is_word(other) && synonym(one, words) == synonym(other, words)
            }
            Self::Integer(range) => {
                same(integer(one, range.unit, major), integer(other, range.unit, major))
            }
            Self::Real(range) => same(real(one, range.unit, major), real(other, range.unit, major)),
        }
    }

    /// What would be taken, if `value` surely is not.
    pub(super) fn refuse(&self, value: &str, major: Major) -> Option<String> {
        match self {
            Self::Any => None,
            Self::Bool => (!is_bool(value)).then(|| "on or off".to_owned()),
            Self::Words(words) => {
                let taken = words.iter().any(|word| word.eq_ignore_ascii_case(value));
                (!taken).then(|| words.join(", "))
            }
            Self::Integer(range) => {
                let number = integer(value, range.unit, major);
                (!is_within(number, range)).then(|| range.describe("a whole number"))
            }
            Self::Real(range) => {
                let number = real(value, range.unit, major);
                (!is_within(number, range)).then(|| range.describe("a number"))
            }
        }
    }
}

/// What a text is, taken for a number.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Number {
    Is(f64),
    Not,
    /// A form that is too odd to say.
    Unsure,
}

fn is_within(number: Number, range: &Range) -> bool {
    match number {
        Number::Is(number) => range.min <= number && number <= range.max,
        Number::Not => false,
        Number::Unsure => true,
    }
}

/// `parse_bool`: the words may be cut as long as it is clear which is meant.
fn is_bool(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let cut = |word: &str, least: usize| value.len() >= least && word.starts_with(&value);
    let whole = ["on", "1", "0"].contains(&value.as_str());
    whole || cut("true", 1) || cut("false", 1) || cut("yes", 1) || cut("no", 1) || cut("off", 2)
}

/// Which of the two [`is_bool`] means.
fn is_on(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value == "on" || value == "1" || value.starts_with(['t', 'y'])
}

/// Since 12 whole numbers may be written as fractions, and fractions have units.
fn takes_fractions(major: Major) -> bool {
    major >= Major::new(12)
}

/// `parse_int`.
fn integer(value: &str, unit: &str, major: Major) -> Number {
    let text = value.trim_start_matches(is_space);
    let (negative, digits) = sign(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', next, ..] if next.is_ascii_hexdigit() => (16, &digits[2..]),
        [b'0', ..] => (8, digits),
        _ => (10, digits),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let (digits, behind) = digits.split_at(end);
    let whole = i64::from_str_radix(digits, radix);
    let is_fraction = behind.starts_with(['.', 'e', 'E']) || !digits.is_empty() && whole.is_err();
    let (number, behind) = match whole {
        _ if is_fraction && takes_fractions(major) => {
            if radix == 16 {
                return Number::Unsure;
            }
            match decimal(text) {
                Some(found) => found,
                None => return Number::Not,
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "what is so large is out of every range")]
        Ok(whole) => (if negative { -(whole as f64) } else { whole as f64 }, behind),
        Err(_) => return Number::Not,
    };
    let Some(number) = in_unit(number, behind, unit, major) else { return Number::Not };
    // What is cut up or down there may just fit.
    let rounded = number.round_ties_even();
    Number::Is(rounded)
}

/// `parse_real`.
fn real(value: &str, unit: &str, major: Major) -> Number {
    let text = value.trim_start_matches(is_space);
    let (_, digits) = sign(text);
    let begins = |word: &str| digits.get(..3).is_some_and(|d| d.eq_ignore_ascii_case(word));
    if begins("nan") {
        return Number::Not;
    }
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return match hex.as_bytes() {
            [b'.' | b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F', ..] => {
                match integer(value, unit, major) {
                    Number::Not => Number::Unsure,
                    number => number,
                }
            }
            _ => Number::Not,
        };
    }
    let Some((number, behind)) = decimal(text) else { return Number::Not };
    let unit = if takes_fractions(major) { unit } else { "" };
    in_unit(number, behind, unit, major).map_or(Number::Not, Number::Is)
}

/// C's `isspace`.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// The decimal number that a text begins with, and what stands behind it.
fn decimal(text: &str) -> Option<(f64, &str)> {
    let digits = |at: usize| {
        let rest = &text.as_bytes()[at..];
        at + rest.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let start = text.len() - sign(text).1.len();
    let mut end = digits(start);
    let mut any = end > start;
    if text[end..].starts_with('.') {
        let behind = digits(end + 1);
        any |= behind > end + 1;
        end = behind;
    }
    if !any {
        return None;
    }
    if text[end..].starts_with(['e', 'E']) {
        let signed = end + 1 + usize::from(text[end + 1..].starts_with(['+', '-']));
        let behind = digits(signed);
        end = if behind > signed { behind } else { end };
    }
    let number: f64 = text[..end].parse().ok()?;
    number.is_finite().then_some((number, &text[end..]))
}

/// The number in the setting's own unit (`convert_to_base_unit`).
fn in_unit(number: f64, behind: &str, base: &str, major: Major) -> Option<f64> {
    let given = behind.trim_matches(is_space);
    if given.is_empty() {
        return Some(number);
    }
    let memory = [("TB", 4), ("GB", 3), ("MB", 2), ("kB", 1), ("B", 0)];
    let time =
        [("d", 86_400e6), ("h", 3_600e6), ("min", 60e6), ("s", 1e6), ("ms", 1e3), ("us", 1.)];
    let (count, name) = base.split_at(base.find(|c: char| !c.is_ascii_digit())?);
    let since = match given {
        "us" => 12,
        "B" => 11,
        _ => 0,
    };
    if major < Major::new(since) {
        return None;
    }
    let bytes = |unit: &str| {
        let (_, power) = memory.iter().find(|(known, _)| *known == unit)?;
        Some(1024f64.powi(*power))
    };
    let microseconds =
        |unit: &str| time.iter().find(|(known, _)| *known == unit).map(|(_, size)| *size);
    let size = |unit: &str| {
        if bytes(name).is_some() { bytes(unit) } else { microseconds(unit) }
    };
    let count: f64 = if count.is_empty() { 1. } else { count.parse().ok()? };
    Some(number * size(given)? / (count * size(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units() {
        let is = |value: f64| Number::Is(value);
        let cases = [
            ("4MB", "kB", 16, is(4096.)),
            (" 1 GB ", "8kB", 16, is(131_072.)),
            ("1", "8kB", 16, is(1.)),
            ("-1", "kB", 16, is(-1.)),
            ("0x10", "", 16, is(16.)),
            ("010", "", 16, is(8.)),
            ("08", "", 16, Number::Not),
            ("1.5", "", 16, is(2.)),
            ("1.5", "", 11, Number::Not),
            ("1e3", "", 16, is(1000.)),
            ("1e", "", 16, Number::Not),
            ("0x1.8", "", 16, Number::Unsure),
            ("99999999999999999999", "", 11, Number::Not),
            ("1min", "ms", 16, is(60_000.)),
            ("500us", "ms", 16, is(0.)),
            ("500us", "ms", 11, Number::Not),
            ("1024B", "kB", 16, is(1.)),
            ("1mb", "kB", 16, Number::Not),
            ("1MB", "", 16, Number::Not),
            ("1 s s", "ms", 16, Number::Not),
            ("", "kB", 16, Number::Not),
            ("off", "", 16, Number::Not),
        ];
        for (value, unit, major, expected) in cases {
            assert_eq!(integer(value, unit, Major::new(major)), expected, "{value} {unit} {major}");
        }
        let cases = [
            ("1.5", "", 16, is(1.5)),
            (".5", "", 16, is(0.5)),
            ("2ms", "ms", 16, is(2.)),
            ("2ms", "ms", 11, Number::Not),
            ("nan", "", 16, Number::Not),
            ("0x10", "", 16, is(16.)),
            ("0x1.8", "", 16, Number::Unsure),
            ("0xg", "", 16, Number::Not),
            ("inf", "", 16, Number::Not),
            (".", "", 16, Number::Not),
            ("1e999", "", 16, Number::Not),
        ];
        for (value, unit, major, expected) in cases {
            assert_eq!(real(value, unit, Major::new(major)), expected, "{value} {unit} {major}");
        }
    }

    #[test]
    fn booleans_may_be_cut() {
        for value in ["on", "OFF", "of", "t", "fals", "Y", "n", "1", "0"] {
            assert!(is_bool(value), "{value}");
        }
        for value in ["o", "", "2", "onn", "truee", " on", "enabled"] {
            assert!(!is_bool(value), "{value}");
        }
    }
}
