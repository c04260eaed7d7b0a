//! Source lines for error messages, without the passwords in them.

/// The text with every password and verifier replaced by asterisks of the same width, so that
/// columns stay true.
///
/// A literal behind `PASSWORD` is masked; where what follows `PASSWORD` is no complete literal,
/// everything up to the end is, since it cannot be told what of it is the password. Of other
/// literals only those behind words that no password follows are shown: `PASSWORD` may be misspelt.
/// Whatever looks like a verifier is masked wherever it stands.
pub fn mask(text: &str) -> String {
    let mut hidden = vec![false; text.len()];
    for at in word_positions(text, "PASSWORD") {
        hide_behind(text, at + "PASSWORD".len(), &mut hidden);
    }
    hide_literals(text, &mut hidden);
    hide_verifiers(text, &mut hidden);
    hide_entries(text, &mut hidden);
    text.char_indices().map(|(at, c)| if hidden[at] && c != '\n' { '*' } else { c }).collect()
}

/// Hides lines of files with passwords: `"user" "password"`, and words with colons between them, as in
/// `.pgpass`. No statement has such lines.
fn hide_entries(text: &str, hidden: &mut [bool]) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let entry = line.trim();
        let is_pair = entry.starts_with('"') && entry.ends_with('"') && {
            let parts: Vec<_> = entry.split('"').collect();
            parts.len() == 5 && !parts[2].is_empty() && parts[2].trim().is_empty()
        };
        let is_word = !entry.contains(char::is_whitespace) && !entry.contains("::");
        let has_colons = entry.split(':').skip(1).any(|part| !part.is_empty());
        if is_pair || (is_word && has_colons && !entry.starts_with(':')) {
            hidden[at..at + line.len()].fill(true);
        }
        at += line.len();
    }
}

/// A message with what is secret in it replaced in the same way: verifiers, literals right behind
/// `PASSWORD`, and the password of the connection. The rest stays, since there are messages about
/// passwords, too.
pub(super) fn mask_message(text: &str, password: Option<&str>) -> String {
    let mut hidden = vec![false; text.len()];
    for at in word_positions(text, "PASSWORD") {
        let behind = at + "PASSWORD".len();
        if text[behind..].trim_start().starts_with(['\'', 'E', 'e', 'U', 'u'])
            && text[behind..].trim_start().find('\'').is_some_and(|quote| quote < 3)
        {
            hide_behind(text, behind, &mut hidden);
        }
    }
    for (at, found) in password.into_iter().flat_map(|password| text.match_indices(password)) {
        hidden[at..at + found.len()].fill(true);
    }
    hide_verifiers(text, &mut hidden);
    text.char_indices().map(|(at, c)| if hidden[at] && c != '\n' { '*' } else { c }).collect()
}

/// How long a part of a secret is that is hidden wherever it stands.
const PART: usize = 12;

/// A message with these secrets, parts of them, and whatever looks like a verifier replaced in the same
/// way. All else stays: it says why.
pub fn mask_secrets(text: &str, secrets: &[&str]) -> String {
    let mut hidden = vec![false; text.len()];
    let bytes = text.as_bytes();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        // What every verifier begins with is no secret, and the name of a method.
        let begun = secret.strip_prefix("SCRAM-SHA-256$").and_then(|rest| rest.split_once(':'));
        let secret = begun.map_or(*secret, |(_, rest)| rest);
        let length = secret.len().min(PART);
        let parts: foldhash::HashSet<&[u8]> = secret.as_bytes().windows(length).collect();
        for (at, part) in bytes.windows(length).enumerate() {
            if parts.contains(part) {
                hidden[at..at + length].fill(true);
            }
        }
    }
    hide_verifiers(text, &mut hidden);
    text.char_indices().map(|(at, c)| if hidden[at] && c != '\n' { '*' } else { c }).collect()
}

/// Where `word` stands as a word of its own, in any case.
fn word_positions<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = text.as_bytes();
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    (0..bytes.len().saturating_sub(word.len() - 1)).filter(move |&at| {
        bytes[at..at + word.len()].eq_ignore_ascii_case(word.as_bytes())
            && !(at > 0 && is_word(bytes.get(at - 1)))
            && !is_word(bytes.get(at + word.len()))
    })
}

fn hide_behind(text: &str, from: usize, hidden: &mut [bool]) {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let start = at + bytes[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let rest = &text[start..];
        let word =
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if rest.is_empty() || word.eq_ignore_ascii_case("NULL") {
            return;
        }
        // What stands right behind the quote belongs to a password with a quote in it.
        let behind = |end: &usize| {
            bytes.get(*end).is_none_or(|b| b.is_ascii_whitespace() || *b == b';' || *b == b'\'')
        };
        let end = literal_end(rest).map(|length| start + length).filter(behind);
        hidden[start..end.unwrap_or(text.len())].fill(true);
        // The literal may go on behind a line break.
        match end {
            Some(end) if bytes[end..].trim_ascii_start().starts_with(b"'") => at = end,
            _ => return,
        }
    }
}

/// The length of the literal that `text` begins with, with its prefix.
fn literal_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let prefix = match bytes {
        [b'e' | b'E', b'\'', ..] => 1,
        [b'u' | b'U', b'&', b'\'', ..] => 2,
        [b'\'', ..] => 0,
        _ => return None,
    };
    let mut at = prefix + 1;
    loop {
        match bytes.get(at)? {
            b'\\' if prefix == 1 => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// The length of the dollar-quoted literal that `text` begins with; all of it where the end is
/// missing.
fn dollar_end(text: &str) -> Option<usize> {
    let length = text[1..].find(|c: char| !c.is_alphanumeric() && c != '_')?;
    let tag = text.get(..length + 2).filter(|tag| tag.ends_with('$'))?;
    let end = text[tag.len()..].find(tag).map(|at| at + 2 * tag.len());
    Some(end.unwrap_or(text.len()))
}

/// Hides every literal that may be a password.
fn hide_literals(text: &str, hidden: &mut [bool]) {
    const HARMLESS: [&str; 5] = ["UNTIL", "IS", "TO", "LOCATION", "FOR"];
    let bytes = text.as_bytes();
    let end_of = |from: usize, mark: &str| {
        text[from..].find(mark).map_or(text.len(), |at| from + at + mark.len())
    };
    // Not behind what reads like another word for PASSWORD.
    let is_telltale = |word: &str| {
        let word = word.to_ascii_lowercase();
        ["pass", "pwd", "secret", "kennwort"].iter().any(|part| word.contains(part))
    };
    let is_harmless = |word: &str, before: &str| {
        HARMLESS.iter().any(|harmless| word.eq_ignore_ascii_case(harmless)) && !is_telltale(before)
    };
    // What DO runs is no literal: those in it are looked at.
    let mut in_body = false;
    let mut word = "";
    let mut before = "";
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        at = match rest {
            [b'\'', ..] => {
                let escapes = word.eq_ignore_ascii_case("E") && text[..at].ends_with(word);
                let from = if escapes { at - 1 } else { at };
                let end = literal_end(&text[from..]).map_or(text.len(), |length| from + length);
                if !is_harmless(word, before) {
                    hidden[at..end].fill(true);
                }
                end
            }
            [b'$', ..] if !in_body && !word.eq_ignore_ascii_case("DO") => {
                let length = dollar_end(&text[at..]);
                let end = at + length.unwrap_or(1);
                if length.is_some() && !is_harmless(word, before) {
                    hidden[at..end].fill(true);
                }
                end
            }
            [b'"', ..] => end_of(at + 1, "\""),
            [b'-', b'-', ..] => end_of(at, "\n"),
            [b'/', b'*', ..] => end_of(at, "*/"),
            [first, ..] if first.is_ascii_alphanumeric() => {
                let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_');
                let end = at + length.count();
                before = word;
                word = &text[at..end];
                end
            }
            [] | [b' ' | b'\t' | b'\r' | b'\n' | b',', ..] => at + 1,
            [first, ..] => {
                in_body |= *first == b'$';
                word = "";
                at + 1
            }
        };
    }
}

fn hide_verifiers(text: &str, hidden: &mut [bool]) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices("SCRAM-SHA-256$") {
        let end = bytes[at..]
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || b"-$:+/=".contains(b)))
            .map_or(text.len(), |length| at + length);
        hidden[at..end].fill(true);
    }
    for (at, _) in text.match_indices("md5") {
        let digits = bytes[at + 3..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
        if digits >= 16 {
            hidden[at..at + 3 + digits].fill(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_and_columns_stay() {
        let cases = [
            ("ALTER ROLE a PASSWORD 'x''y' FROB", "ALTER ROLE a PASSWORD ****** FROB"),
            ("alter role a password E'\\'s' LOGIN", "alter role a password ****** LOGIN"),
            ("PASSWORD 'a'\n'b' LOGIN", "PASSWORD ***\n*** LOGIN"),
            ("PASSWORD secret LOGIN", "PASSWORD ************"),
            ("PASSWORD 'open LOGIN", "PASSWORD ***********"),
            ("PASSWORD NULL LOGIN", "PASSWORD NULL LOGIN"),
            ("PASSWORD Null4hunter2 x", "PASSWORD **************"),
            ("PASSWORD 'it's hunter2';", "PASSWORD ***************"),
            ("PASSWORD 'é' x", "PASSWORD *** x"),
            ("-- md50123456789abcdef0123456789abcdef.", "-- ***********************************."),
            ("-- SCRAM-SHA-256$4096:a+b=$c/=:d= end", "-- ****************************** end"),
            ("ALTER ROLE a CONNECTION LIMIT 5", "ALTER ROLE a CONNECTION LIMIT 5"),
            ("my_password md5sum", "my_password md5sum"),
            ("ALTER ROLE \"it's\" PASWORD 'x''y' FROB", "ALTER ROLE \"it's\" PASWORD ****** FROB"),
            ("DO 'a PASSWORD ''x'''; b", "DO *********************"),
            ("ALTER ROLE a PASWORD $$x$$ LOGIN", "ALTER ROLE a PASWORD ***** LOGIN"),
            ("PASWORD $é$x$$ $é$ y $1 z", "PASWORD ********** y $1 z"),
            ("COMMENT ON ROLE a IS $$x$$", "COMMENT ON ROLE a IS $$x$$"),
            ("DO $$ BEGIN PASWORD 'x' END $$", "DO $$ BEGIN PASWORD *** END $$"),
            ("VALID UNTIL '1.2.2030' FROB 'x", "VALID UNTIL '1.2.2030' FROB **"),
            ("SET search_path TO 'a', 'b'; -- can't", "SET search_path TO 'a', 'b'; -- can't"),
            ("COMMENT ON ROLE a IS 'x'", "COMMENT ON ROLE a IS 'x'"),
            ("\"app\" \"hunter2\"", "***************"),
            ("GRANT \"a\" TO\n\"b\";", "GRANT \"a\" TO\n\"b\";"),
            ("app:hunter2\nx", "***********\nx"),
            ("host:5432:db:app:hunter2", "************************"),
            ("ALTER ROLE a PASSWD TO 'x'", "ALTER ROLE a PASSWD TO ***"),
            ("ROLE a rolpassword IS 'x'", "ROLE a rolpassword IS ***"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text), expected, "{text}");
        }
    }

    #[test]
    fn a_refusal_keeps_its_reason() {
        let secret =
            "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2E=$Yh8CCjpZyy4XcGQyFpM0:BNdgrFpEvWcDHA8u";
        for (text, expected) in [
            ("password must not equal user name", "password must not equal user name"),
            ("PASSWORD 'is' too \"simple\"", "PASSWORD 'is' too \"simple\""),
            ("near \"Yh8CCjpZyy4XcGQyFpM0:BN\" of app", "near \"***********************\" of app"),
            ("no 'SCRAM-SHA-256$4096:x' here", "no '********************' here"),
        ] {
            assert_eq!(mask_secrets(text, &[secret]), expected);
        }
    }

    #[test]
    fn messages_keep_what_is_no_secret() {
        let cases = [
            ("password authentication failed for user \"a\"", None),
            ("password for user 'a' is missing", None),
            ("password Expired for 'a'", None),
            ("ALTER ROLE a PASSWORD 'x''y' LOGIN", Some("ALTER ROLE a PASSWORD ****** LOGIN")),
            ("password E'x' LOGIN", Some("password **** LOGIN")),
            (
                "is md50123456789abcdef0123456789abcdef",
                Some("is ***********************************"),
            ),
            ("user tops3cret!", Some("user **********")),
        ];
        for (text, expected) in cases {
            assert_eq!(mask_message(text, Some("tops3cret!")), expected.unwrap_or(text), "{text}");
        }
        assert_eq!(mask_message("user tops3cret!", None), "user tops3cret!");
    }
}
