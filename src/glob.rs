//! Patterns for names, as shells know them.

use std::fmt;

/// A pattern for whole names: `*` is any text, `?` any one character, `[a-z_]` one of these and
/// `[!a-z]` one that is none of these. Case counts. A bracket takes away what the others mean:
/// `[*]` is an asterisk, `[[]` a bracket, `[]]` its counterpart.
#[derive(Clone, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Glob {
    text: Box<str>,
    tokens: Box<[Token]>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Token {
    Star,
    Any,
    Char(char),
    OneOf { negated: bool, ranges: Box<[(char, char)]> },
}

impl Glob {
    /// Reads a pattern. The error says what is wrong with it, in one lower-case line.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut tokens = Vec::with_capacity(text.len());
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            tokens.push(match c {
                '*' if tokens.last() == Some(&Token::Star) => continue,
                '*' => Token::Star,
                '?' => Token::Any,
                '[' => class(&mut rest, text)?,
                c => Token::Char(c),
            });
        }
        Ok(Self { text: text.into(), tokens: tokens.into() })
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether all of `name` matches.
    ///
    /// On a mismatch only the last `*` takes one more character: earlier ones have matched as
    /// early as they can, so no other choice of theirs could help. That bounds the time by the
    /// product of both lengths.
    pub fn matches(&self, name: &str) -> bool {
        // Many names are asked for, and few begin right.
        if let Some(Token::Char(first)) = self.tokens.first()
            && !name.starts_with(*first)
        {
            return false;
        }
        let mut at = 0;
        let mut rest = name;
        let mut retry: Option<(usize, &str)> = None;
        loop {
            let next = rest.chars().next();
            match (self.tokens.get(at), next) {
                (Some(Token::Star), _) => {
                    at += 1;
                    retry = Some((at, rest));
                }
                (Some(token), Some(c)) if token.takes(c) => {
                    at += 1;
                    rest = &rest[c.len_utf8()..];
                }
                (None, None) => return true,
                _ => {
                    let Some((after, from)) = retry else { return false };
                    let Some(c) = from.chars().next() else { return false };
                    rest = &from[c.len_utf8()..];
                    at = after;
                    retry = Some((after, rest));
                }
            }
        }
    }
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Star => false,
            Self::Any => true,
            Self::Char(own) => *own == c,
            Self::OneOf { negated, ranges } => {
                *negated != ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
            }
        }
    }
}

/// What follows a `[`, up to its `]`. As in shells, a `]` that comes first is itself, and so is a
/// `-` at either end.
fn class(rest: &mut std::str::Chars<'_>, text: &str) -> Result<Token, String> {
    let unclosed = || format!("the pattern `{text}` has a `[` without its `]`");
    let mut next = rest.next().ok_or_else(unclosed)?;
    let negated = matches!(next, '!' | '^');
    if negated {
        next = rest.next().ok_or_else(unclosed)?;
    }
    let mut ranges = Vec::new();
    loop {
        let first = next;
        let mut ahead = rest.clone();
        match (ahead.next(), ahead.next()) {
            (Some('-'), Some(last)) if last != ']' => {
                if last < first {
                    return Err(format!("the pattern `{text}` has a range that runs backwards"));
                }
                ranges.push((first, last));
                *rest = ahead;
            }
            _ => ranges.push((first, first)),
        }
        next = rest.next().ok_or_else(unclosed)?;
        if next == ']' {
            return Ok(Token::OneOf { negated, ranges: ranges.into() });
        }
    }
}

impl TryFrom<String> for Glob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text)
    }
}

impl std::str::FromStr for Glob {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::new(text)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({:?})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Glob::new(pattern).unwrap().matches(name)
    }

    #[test]
    fn matches_whole_names() {
        let cases = [
            ("rds_*", "rds_superuser", true),
            ("rds_*", "rds_", true),
            ("rds_*", "rds", false),
            ("rds_*", "my_rds_x", false),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("*_app_*", "x_app_app_y", true),
            ("*_app_*", "x_ap_y", false),
            ("a*b*c", "abcbc", true),
            ("a**c", "abc", true),
            ("app?", "app1", true),
            ("app?", "app", false),
            ("app?", "app12", false),
            ("?", "日", true),
            ("日*", "日本", true),
            ("App", "app", false),
            ("a.b", "axb", false),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern, name), expected, "{pattern} on {name}");
        }
    }

    #[test]
    fn classes_are_those_of_shells() {
        let cases = [
            ("u_[0-9a-f]", "u_c", true),
            ("u_[0-9a-f]", "u_g", false),
            ("[!0-9]x", "ax", true),
            ("[^0-9]x", "1x", false),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[[]", "[", true),
            ("[*]", "*", true),
            ("[*]", "x", false),
            ("[?a]", "b", false),
            ("[a-]", "-", true),
            ("[-a]", "-", true),
            ("[a-]", "b", false),
            ("[ä-ü]", "ö", true),
            ("*[0-9]", "db1a2", true),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(matches(pattern, name), expected, "{pattern} on {name}");
        }
    }

    #[test]
    fn a_broken_pattern_says_why() {
        for pattern in ["[", "[]", "[a", "x[!", "[!]", "[a-"] {
            let error = Glob::new(pattern).unwrap_err();
            assert_eq!(error, format!("the pattern `{pattern}` has a `[` without its `]`"));
        }
        let error = Glob::new("[z-a]").unwrap_err();
        assert_eq!(error, "the pattern `[z-a]` has a range that runs backwards");
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let pattern = "a*".repeat(200) + "b";
        assert!(!matches(&pattern, &"a".repeat(5_000)));
    }

    /// The obvious matcher, exponential and right.
    fn plainly(pattern: &[char], name: &[char]) -> bool {
        match (pattern, name) {
            ([], []) => true,
            (['*', rest @ ..], _) => (0..=name.len()).any(|n| plainly(rest, &name[n..])),
            (['?', rest @ ..], [_, others @ ..]) => plainly(rest, others),
            ([c, rest @ ..], [d, others @ ..]) if c == d => plainly(rest, others),
            _ => false,
        }
    }

    proptest! {
        #![proptest_config(crate::testing::cases(256))]

        #[test]
        fn agrees_with_the_obvious_matcher(pattern in "[ab*?]{0,8}", name in "[ab]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &name), plainly(&chars(&pattern), &chars(&name)));
        }

        #[test]
        fn never_panics(pattern in "\\PC{0,20}", name in "\\PC{0,20}") {
            if let Ok(glob) = Glob::new(&pattern) {
                glob.matches(&name);
            }
        }
    }
}
