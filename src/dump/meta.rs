//! psql's meta-commands: those that pg_dumpall and our own scripts write, and all others.

/// What a meta-command means for reading.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Meta {
    /// `\restrict` or `\unrestrict`: protects psql, says nothing to us.
    Restrict,
    /// `\connect`: what follows belongs to one database.
    Connect,
    /// `\encoding`: the encoding from here on.
    Encoding(String),
    /// `\set ON_ERROR_STOP on`, in scripts of ours.
    OnErrorStop,
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
    let is_plain = !argument.contains(['`', '\\']) || name == "connect" && is_quoted(argument);
    match name {
        "restrict" | "unrestrict" if is_token(argument) => Meta::Restrict,
        "connect" if is_plain => Meta::Connect,
        "encoding" if is_plain && !argument.is_empty() => {
            Meta::Encoding(argument.trim_matches(['\'', '"']).to_owned())
        }
        "set" if argument == "ON_ERROR_STOP on" => Meta::OnErrorStop,
        "" => Meta::Refused(text.split_whitespace().next().unwrap_or_default().to_owned()),
        _ => Meta::Refused(name.to_owned()),
    }
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
            (
                "\\connect -reuse-previous=on \"dbname='Weird \"\"DB\"\" \\'x\\' \\\\ y'\"",
                Meta::Connect,
            ),
            ("\\encoding SQL_ASCII", Meta::Encoding("SQL_ASCII".into())),
            ("\\set ON_ERROR_STOP on", Meta::OnErrorStop),
        ];
        for (line, meta) in cases {
            assert_eq!(understand(line), meta, "{line}");
        }
        let refused = [
            "\\! rm -rf /",
            "\\restrict a\\! ls",
            "\\connect `ls`",
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
}
