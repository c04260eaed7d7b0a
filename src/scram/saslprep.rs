//! `SASLprep` as PostgreSQL does it (`src/common/saslprep.c`), which is not quite how RFC 4013 has it:
//! what is prohibited, unassigned in Unicode 3.2, or of both directions is looked for before the
//! normalization, not behind it, and a password that is refused is taken as it is.
//!
//! Compared with a server for every code point, in front of a letter and between letters that are
//! written from right to left.

use std::borrow::Cow;

use stringprep::tables;
use unicode_normalization::UnicodeNormalization as _;

/// The password that a verifier is made of.
pub fn prepared(password: &str) -> Cow<'_, str> {
    if password.is_ascii() {
        return Cow::Borrowed(password);
    }
    let mapped = password
        .chars()
        .map(|c| if tables::non_ascii_space_character(c) { ' ' } else { c })
        .filter(|&c| !tables::commonly_mapped_to_nothing(c));
    let is_refused = |c| is_prohibited(c) || tables::unassigned_code_point(c);
    if mapped.clone().any(is_refused) || !directions_fit(mapped.clone()) {
        return Cow::Borrowed(password);
    }
    let normalized: String = mapped.nfkc().collect();
    if normalized.is_empty() { Cow::Borrowed(password) } else { Cow::Owned(normalized) }
}

/// Tables C.1.2 to C.9 of RFC 3454.
fn is_prohibited(c: char) -> bool {
    tables::non_ascii_space_character(c)
        || tables::ascii_control_character(c)
        || tables::non_ascii_control_character(c)
        || tables::private_use(c)
        || tables::non_character_code_point(c)
        || tables::inappropriate_for_plain_text(c)
        || tables::inappropriate_for_canonical_representation(c)
        || tables::change_display_properties_or_deprecated(c)
        || tables::tagging_character(c)
}

/// What has a letter from right to left begins and ends with one, and has none from left to right.
fn directions_fit(mut text: impl DoubleEndedIterator<Item = char> + Clone) -> bool {
    if !text.clone().any(tables::bidi_r_or_al) {
        return true;
    }
    let (first, last) = (text.clone().next(), text.clone().next_back());
    let ends = first.into_iter().chain(last).all(tables::bidi_r_or_al);
    ends && !text.any(is_left_to_right)
}

/// Table D.2 of RFC 3454. Unicode has changed its mind about some since.
fn is_left_to_right(c: char) -> bool {
    match c {
        '\u{17b4}'..='\u{17b5}'
        | '\u{1885}'..='\u{1886}'
        | '\u{1d6c1}'
        | '\u{1d6db}'
        | '\u{1d6fb}'
        | '\u{1d715}'
        | '\u{1d735}'
        | '\u{1d74f}'
        | '\u{1d76f}'
        | '\u{1d789}'
        | '\u{1d7a9}'
        | '\u{1d7c3}' => true,
        '\u{cbf}'
        | '\u{cc6}'
        | '\u{1734}'
        | '\u{2132}'
        | '\u{2800}'..='\u{28ff}'
        | '\u{302e}'..='\u{302f}' => false,
        other => tables::bidi_l(other),
    }
}

#[cfg(test)]
mod tests {
    use super::prepared;

    #[test]
    fn as_the_server_does_it() {
        for (password, expected) in [
            ("pässword\u{a0}x", "pässword x"),
            ("a\u{ad}b\u{aa}", "aba"),
            // These alone are nothing, and then taken as they are.
            ("\u{ad}", "\u{ad}"),
            // Prohibited, and unassigned in Unicode 3.2: nothing is done to what is beside them.
            ("\u{340}\u{aa}", "\u{340}\u{aa}"),
            ("\u{341}\u{aa}", "\u{341}\u{aa}"),
            ("\u{558}\u{aa}", "\u{558}\u{aa}"),
            ("\u{58b}\u{aa}", "\u{58b}\u{aa}"),
            ("\u{2164}", "V"),
            // What comes of the normalization only is no matter.
            ("\u{2121}\u{fb1d}", "\u{2121}\u{fb1d}"),
            ("\u{fb21}\u{2100}\u{fb21}", "\u{5d0}a/c\u{5d0}"),
            ("\u{fb21}1\u{fb21}", "\u{5d0}1\u{5d0}"),
            ("\u{fb21}1", "\u{fb21}1"),
            ("\u{fb21}\u{1d6c1}\u{fb21}", "\u{fb21}\u{1d6c1}\u{fb21}"),
            ("a\u{1}", "a\u{1}"),
        ] {
            assert_eq!(prepared(password), expected, "{password:?}");
        }
    }
}
