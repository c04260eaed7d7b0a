//! psql's meta-commands: those that pg_dumpall and our own scripts write, and all others.

/// What a meta-command means for reading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Meta {
    /// `\restrict` or `\unrestrict`: protects psql, says nothing to us.
    Restrict,
    /// `\connect` or `\c`: what follows belongs to one database.
    Connect,
    /// `\encoding`: the encoding from here on.
    Encoding(String),
    /// `\set ON_ERROR_STOP on` and `\set AUTOCOMMIT on`, in scripts of ours.
    OfScript,
    /// Anything else; its name.
    Refused(String),
}

/// Understands a line that begins with a backslash.
pub(super) fn understand(line: &str) -> Meta {
    let text = line.strip_prefix('\\').unwrap_or(line).trim_end();
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let argument = rest.trim();
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    // Backquotes run a program; a second backslash begins another command on the same line.
    let connects = ["connect", "c"].contains(&name);
    let is_plain = !argument.contains(['`', '\\']) || connects && is_quoted(argument);
    match name {
        "restrict" | "unrestrict" if is_token(argument) => Meta::Restrict,
        _ if connects && is_plain => Meta::Connect,
        "encoding" if is_plain && !argument.is_empty() => {
            Meta::Encoding(argument.trim_matches(['\'', '"']).to_owned())
        }
        "set" if ["ON_ERROR_STOP on", "AUTOCOMMIT on"].contains(&argument) => Meta::OfScript,
        "" => Meta::Refused(text.split_whitespace().next().unwrap_or_default().to_owned()),
        _ => Meta::Refused(name.to_owned()),
    }
}

/// Whether a line can be the beginning of what pg_dumpall writes, where it has no end.
pub(super) fn is_cut(line: &str) -> bool {
    let text = line.strip_prefix('\\').unwrap_or(line);
    let (name, argument) = text.split_once(' ').unwrap_or((text, ""));
    ["restrict", "unrestrict", "connect"].iter().any(|whole| whole.starts_with(name))
        && (argument.is_empty()
            || name == "connect" && "-reuse-previous=on \"dbname='".starts_with(argument)
            || is_quoted(&format!("{argument}'\""))
            || is_quoted(&format!("{argument}\"")))
}

/// A connection string as pg_dumpall writes it for an odd database name:
/// `-reuse-previous=on "dbname='…'"`. Within the double quotes psql expands nothing.
fn is_quoted(argument: &str) -> bool {
    argument
        .strip_prefix("-reuse-previous=on \"dbname='")
        .and_then(|rest| rest.strip_suffix("'\""))
        .is_some_and(|name| !name.replace("\"\"", "").contains('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_pg_dumpall_writes_is_understood() {
        let cases = [
            ("\\restrict abc123", Meta::Restrict),
            ("\\unrestrict abc123\r", Meta::Restrict),
            ("\\connect template1", Meta::Connect),
            ("\\c template1", Meta::Connect),
            (
                "\\connect -reuse-previous=on \"dbname='Weird \"\"DB\"\" \\'x\\' \\\\ y'\"",
                Meta::Connect,
            ),
            ("\\encoding SQL_ASCII", Meta::Encoding("SQL_ASCII".into())),
            ("\\set ON_ERROR_STOP on", Meta::OfScript),
            ("\\set AUTOCOMMIT on", Meta::OfScript),
            ("\\set AUTOCOMMIT off", Meta::Refused("set".to_owned())),
        ];
        for (line, meta) in cases {
            assert_eq!(understand(line), meta, "{line}");
        }
        let refused = [
            "\\! rm -rf /",
            "\\restrict a\\! ls",
            "\\connect `ls`",
            "\\c `ls`",
            "\\c a \\! ls",
            "\\cd a",
            "\\connect a \\! ls",
            "\\set x y",
            "\\i f",
            "\\gexec",
            "\\if true",
            "\\",
            "\\connect -reuse-previous=on \"dbname='a'\" \\! ls \"'\"",
        ];
        for line in refused {
            assert!(matches!(understand(line), Meta::Refused(_)), "{line}");
        }
    }

    #[test]
    fn what_is_cut_is_the_beginning_of_what_pg_dumpall_writes() {
        let whole = "\\connect -reuse-previous=on \"dbname='a b'\"";
        for end in 1..whole.len() {
            let line = &whole[..end];
            let is_refused = matches!(understand(line), Meta::Refused(_));
            assert!(!is_refused || is_cut(line), "{line}");
        }
        for line in ["\\", "\\r", "\\restrict", "\\unrestrict ", "\\unrest"] {
            assert!(is_cut(line), "{line}");
        }
        for line in ["\\!", "\\i", "\\connect `ls", "\\c `ls`", "\\restrict a\\! ls", "\\gexec"] {
            assert!(!is_cut(line), "{line}");
        }
    }
}
