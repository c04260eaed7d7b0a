//! Any SQL text as its tokens (`src/backend/parser/scan.l`), for what only looks for names in it.

use super::ast::Text;
use super::identifier::{fold, quoted_name};
use super::lex::{is_word_part, is_word_start, peek_word, space};
use super::literal::string;

/// A token; comments are none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Token<'a> {
    /// A bare word in lower case: a keyword, or a name.
    Word(Text<'a>),
    /// A quoted name.
    Quoted(Text<'a>),
    /// The value of a string literal of any form.
    Literal(Text<'a>),
    /// A number.
    Number,
    /// `$1`.
    Parameter(usize),
    /// An operator, or what looks like one: `:=`, `=>` and `..`.
    Operator(&'a str),
    /// `::`.
    Cast,
    /// Any other character: parentheses, brackets, commas, semicolons, dots.
    Sign(char),
}

/// The tokens of a text, up to where it is none of SQL: a literal or a comment that does not end.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let Ok((mut rest, ())) = space(text) else { return all };
    while !rest.is_empty() {
        let Some((token, behind)) = token(rest) else { break };
        all.push(token);
        let Ok((behind, ())) = space(behind) else { break };
        rest = behind;
    }
    all
}

fn token(text: &str) -> Option<(Token<'_>, &str)> {
    let word = peek_word(text);
    if !word.is_empty() {
        return Some((Token::Word(fold(word)), &text[word.len()..]));
    }
    let bytes = text.as_bytes();
    let literal = |text| string(text).ok().map(|(rest, value)| (Token::Literal(value), rest));
    match bytes {
        [b'"', ..] | [b'u' | b'U', b'&', b'"', ..] => {
            let (rest, name) = quoted_name(text, "a name").ok()?;
            Some((Token::Quoted(name), rest))
        }
        [b'$', b'0'..=b'9', ..] => {
            let end = digits(&text[1..]) + 1;
            Some((Token::Parameter(text[1..end].parse().ok()?), &text[end..]))
        }
        [b'n' | b'N' | b'b' | b'B' | b'x' | b'X', b'\'', ..] => literal(&text[1..]),
        [b'\'' | b'$', ..] => literal(text),
        [first, ..] if is_word_start(*first) => literal(text),
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => Some((Token::Number, number(text))),
        [b':', b':', ..] => Some((Token::Cast, &text[2..])),
        [b':', b'=', ..] | [b'.', b'.', ..] => Some((Token::Operator(&text[..2]), &text[2..])),
        _ => {
            let end = operator(bytes);
            if end > 0 {
                return Some((Token::Operator(&text[..end]), &text[end..]));
            }
            let sign = text.chars().next()?;
            Some((Token::Sign(sign), &text[sign.len_utf8()..]))
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// What is behind a number; of `1..10` it is the first number only.
fn number(text: &str) -> &str {
    let mut end = digits(text);
    if text[end..].starts_with('.') && !text[end..].starts_with("..") {
        end += 1 + digits(&text[end + 1..]);
    }
    let bytes = text.as_bytes();
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = if digits(&text[signed..]) > 0 { signed + digits(&text[signed..]) } else { end };
    }
    end += text[end..].bytes().take_while(|&b| is_word_part(b)).count();
    &text[end..]
}

/// The length of an operator: it ends where a comment begins, and in a plus or a minus only where it has a
/// character that SQL itself does not use.
fn operator(bytes: &[u8]) -> usize {
    let is_of_one = |b: &u8| b"+-*/<>=~!@#%^&|`?".contains(b);
    let mut end = bytes.iter().take_while(|b| is_of_one(b)).count();
    let comment = bytes[..end].windows(2).position(|pair| pair == b"--" || pair == b"/*");
    end = comment.unwrap_or(end);
    if !bytes[..end].iter().any(|b| b"~!@#%^&|`?".contains(b)) {
        while end > 1 && matches!(bytes[end - 1], b'+' | b'-') {
            end -= 1;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let shown = tokens(text).into_iter().map(|token| match token {
            Token::Word(word) => word.into_owned(),
            Token::Quoted(name) => format!("\"{name}\""),
            Token::Literal(value) => format!("'{value}'"),
            Token::Number => "0".to_owned(),
            Token::Parameter(number) => format!("${number}"),
            Token::Operator(operator) => format!("[{operator}]"),
            Token::Cast => "::".to_owned(),
            Token::Sign(sign) => sign.to_string(),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_text_is_cut_as_the_server_does() {
        let cases = [
            ("SELECT a.\"B\"\"c\", 'it''s' -- x", "select a . \"B\"c\" , 'it's'"),
            ("/* FROM /* a */ */ x::Mood[]", "x :: mood [ ]"),
            (r"E'a\'b' N'c' X'ff' U&'\0061'", "'a'b' 'c' 'ff' 'a'"),
            ("$$ FROM a $$ $t$b$t$ $1", "' FROM a ' 'b' $1"),
            ("1.5e-3 .5 1..10 1e 64MB", "0 0 0 [..] 0 0 0"),
            ("a@>-1 b*-1 c<@d--e", "a [@>-] 0 b [*] [-] 0 c [<@] d"),
            ("a := b => c ! = 'x", "a [:=] b [=>] c [!] [=]"),
            ("OPERATOR(app.@@)", "operator ( app . [@@] )"),
            ("U&\"\\0061\" é", "\"a\" é"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
