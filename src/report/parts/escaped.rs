//! Control characters, shown.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::name::is_hidden;
use crate::sql::push_literal;

/// A value as it is, where it is on one line and there is something to see; else as SQL writes it, so
/// that different values look different.
pub(in crate::report) fn value(text: &str) -> Cow<'_, str> {
    if !text.is_empty() && !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut literal = String::with_capacity(text.len() + 8);
    push_literal(text, &mut literal);
    Cow::Owned(on_one_line(&literal).into_owned())
}

/// The same statement with its control characters written in SQL's own ways, where there are any: it
/// can break neither a line nor a terminal, and different statements stay different.
pub(in crate::report) fn on_one_line(sql: &str) -> Cow<'_, str> {
    if !sql.contains(is_hidden) {
        return Cow::Borrowed(sql);
    }
    let mut out = String::with_capacity(sql.len() + 16);
    let mut rest = sql;
    while let Some(start) = rest.find(['\'', '"']) {
        let (before, quoted) = rest.split_at(start);
        let (quoted, behind) = quoted.split_at(length(quoted));
        out.push_str(before);
        if quoted.contains(is_hidden) {
            out.push_str(if quoted.starts_with('"') { "U&" } else { "E" });
            for c in quoted.chars() {
                match c {
                    '\\' => out.push_str("\\\\"),
                    '\n' if quoted.starts_with('\'') => out.push_str("\\n"),
                    c if is_hidden(c) => {
                        let code = u32::from(c);
                        // Writing to a String cannot fail.
                        let _ = match (quoted.starts_with('\''), code > 0xffff) {
                            (true, false) => write!(out, "\\u{code:04X}"),
                            (true, true) => write!(out, "\\U{code:08X}"),
                            (false, false) => write!(out, "\\{code:04X}"),
                            (false, true) => write!(out, "\\+{code:06X}"),
                        };
                    }
                    c => out.push(c),
                }
            }
        } else {
            out.push_str(quoted);
        }
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// How long a literal or a quoted name is, with its quotes; in it they are doubled.
fn length(quoted: &str) -> usize {
    let bytes = quoted.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] != bytes[0] {
            at += 1;
        } else if bytes.get(at + 1) == Some(&bytes[0]) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql;

    #[test]
    fn control_characters_are_written_as_sql_writes_them() {
        let text = "COMMENT ON ROLE \"new\nline\\\" IS 'it''s\ta \u{1b}[0m \\ \n'";
        let shown = on_one_line(text);
        assert_eq!(
            shown,
            "COMMENT ON ROLE U&\"new\\000Aline\\\\\" IS E'it''s\\u0009a \\u001B[0m \\\\ \\n'"
        );
        assert_eq!(sql::parse(&shown).unwrap(), sql::parse(text).unwrap());
        let text = "COMMENT ON ROLE \"tag\u{e0041}\" IS 'a\u{e0041}\u{feff}b'";
        let shown = on_one_line(text);
        assert_eq!(shown, "COMMENT ON ROLE U&\"tag\\+0E0041\" IS E'a\\U000E0041\\uFEFFb'");
        assert_eq!(sql::parse(&shown).unwrap(), sql::parse(text).unwrap());
        assert_eq!(value("a\n'b"), "E'a\\n''b'");
        assert_eq!((value("a\\n").as_ref(), value("").as_ref()), ("a\\n", "''"));
        // Where there are none, it stays as it is.
        assert_eq!(on_one_line("COMMENT ON ROLE a IS '\\n'"), "COMMENT ON ROLE a IS '\\n'");
    }
}
