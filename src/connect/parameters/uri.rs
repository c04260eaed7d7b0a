//! Connection URIs: `postgresql://user:password@host:port,host:port/dbname?key=value&…`.

use zeroize::Zeroizing;

use super::error::ParameterError;
use super::form::behind_scheme;
use super::key;
use super::origin::Origin;
use super::value::Values;

/// Takes a URI apart as libpq does (`conninfo_uri_parse_options`), which is not quite how others
/// do: user and password end at the first `@`, and a fragment is nothing special.
pub(super) fn parse(text: &str, values: &mut Values) -> Result<(), ParameterError> {
    let text = behind_scheme(text).unwrap_or(text);
    let mut set = |name: &'static str, value: &str| {
        if !value.is_empty() {
            values.replace(name, decoded(value, name)?, Origin::Argument);
        }
        Ok(())
    };
    let (user, rest) = match text.find(['@', '/']) {
        Some(at) if text[at..].starts_with('@') => (&text[..at], &text[at + 1..]),
        _ => ("", text),
    };
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    set("user", user)?;
    set("password", password)?;

    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    let mut rest = rest;
    loop {
        let host;
        if let Some(literal) = rest.strip_prefix('[') {
            let (inside, behind) = literal
                .split_once(']')
                .ok_or(ParameterError::Uri("an IPv6 address does not end with \"]\""))?;
            if inside.is_empty() {
                return Err(ParameterError::Uri("an IPv6 address may not be empty"));
            }
            if !behind.is_empty() && !behind.starts_with([':', '/', '?', ',']) {
                return Err(ParameterError::Uri("\":\" or \"/\" must follow an IPv6 address"));
            }
            (host, rest) = (inside, behind);
        } else {
            (host, rest) = split_before(rest, &[':', '/', '?', ',']);
        }
        hosts.push(host);
        let mut port = "";
        if let Some(behind) = rest.strip_prefix(':') {
            (port, rest) = split_before(behind, &['/', '?', ',']);
        }
        ports.push(port);
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    // Texts that hold what was meant for a password would be shown as a host or a port.
    let database = rest.strip_prefix('/').map(|rest| split_before(rest, &['?']).0);
    if hosts.iter().chain(&ports).any(|text| text.contains('@')) {
        return Err(ParameterError::Uri("write \"@\" in a user name or password as %40"));
    }
    // Behind a password that has "@" in it, the rest of it would be the host.
    let is_odd = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._:%/~".contains(c);
    if !password.is_empty() && hosts.iter().any(|host| host.contains(is_odd)) {
        return Err(ParameterError::Uri(
            "what should be the host has a sign that no host has; write \"@\" in a user name or password as %40",
        ));
    }
    // Behind a password that has "@/" in it, the rest of it would be the database.
    let is_rest = |name: &str| name.contains('/') && !password.is_empty();
    if database.is_some_and(|name| is_rest(name) || (name.contains('@') && name.contains(':'))) {
        return Err(ParameterError::Uri(
            "user, password and host stand in front of the first \"/\" behind \"://\"; write \"/\" in \
             them, or in the database's name, as %2F",
        ));
    }
    if user.is_empty()
        && rest.contains('@')
        && ports.iter().any(|port| port.parse::<u16>().is_err())
    {
        return Err(ParameterError::Uri("write \"/\" in a user name or password as %2F"));
    }
    set("host", &hosts.join(","))?;
    set("port", &ports.join(","))?;
    if let Some(behind) = rest.strip_prefix('/') {
        let database;
        (database, rest) = split_before(behind, &['?']);
        set("dbname", database)?;
    }
    let Some(query) = rest.strip_prefix('?') else { return Ok(()) };
    if query.is_empty() { Ok(()) } else { parameters(query, values) }
}

fn parameters(query: &str, values: &mut Values) -> Result<(), ParameterError> {
    // What follows a password may be the rest of it, if it was not encoded.
    let mut secret = false;
    for pair in query.split('&') {
        let (name, value) = pair
            .split_once('=')
            .ok_or(ParameterError::Uri("\"=\" is missing in a parameter behind \"?\""))?;
        if value.contains('=') {
            return Err(ParameterError::Uri("there is a second \"=\" in a parameter; write %3D"));
        }
        let name = decoded(name, "parameter")?;
        // For compatibility with JDBC.
        let (name, value) = if *name == "ssl" && value == "true" {
            ("sslmode", "require")
        } else {
            (&**name, value)
        };
        let Some(key) = key::find(name) else {
            return Err(if secret {
                ParameterError::UnknownKeyInSecret
            } else {
                ParameterError::UnknownKey(name.to_owned())
            });
        };
        secret |= key.name.contains("password");
        values.replace(key.name, decoded(value, key.name)?, Origin::Argument);
    }
    Ok(())
}

/// Up to the first of these characters, and from it on.
fn split_before<'a>(text: &'a str, ends: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

fn decoded(text: &str, what: &'static str) -> Result<Zeroizing<String>, ParameterError> {
    let bad = || ParameterError::PercentEncoding(what);
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, behind @ ..] = rest else { return Err(bad()) };
        let digit = |byte: &u8| char::from(*byte).to_digit(16).ok_or_else(bad);
        let byte = u8::try_from(digit(high)? * 16 + digit(low)?).map_err(|_| bad())?;
        if byte == 0 {
            return Err(bad());
        }
        bytes.push(byte);
        rest = behind;
    }
    std::str::from_utf8(&bytes).map(|text| Zeroizing::new(text.to_owned())).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, String> {
        let mut values = Values::default();
        parse(text, &mut values).map_err(|error| error.to_string())?;
        Ok(values.shown())
    }

    /// From libpq's own tests (`src/interfaces/libpq/t/001_uri.pl`).
    #[test]
    fn takes_uris_apart_as_libpq_does() {
        for (text, expected) in [
            ("postgresql://", ""),
            ("postgres:///", ""),
            ("postgresql://h:1/d", "dbname=d|host=h|port=1"),
            (
                "postgresql://uri-user:secret@host:12345/db",
                "dbname=db|host=host|password=secret|port=12345|user=uri-user",
            ),
            ("postgresql://user@", "user=user"),
            ("postgresql://:12345/", "port=12345"),
            ("postgresql://u%73er%20x@/d%20b?user=other", "dbname=d b|user=other"),
            (
                "postgresql://host/db?u%7aer=a",
                "!invalid connection option \"uzer\"; did you mean \"user\"?",
            ),
            ("postgresql://%2Fvar%2Frun/d", "dbname=d|host=/var/run"),
            ("postgresql:///d?host=/path/to/socket", "dbname=d|host=/path/to/socket"),
            ("postgresql://[::1]:5/d", "dbname=d|host=::1|port=5"),
            ("postgresql://[2001:db8::1234]", "host=2001:db8::1234"),
            ("postgresql://a:1,[::2]:3,c/d", "dbname=d|host=a,::2,c|port=1,3,"),
            (
                "postgresql://a,b?target_session_attrs=any",
                "host=a,b|port=,|target_session_attrs=any",
            ),
            ("postgresql://h?ssl=true", "host=h|sslmode=require"),
            ("postgresql://h?ssl=false", "!invalid connection option \"ssl\""),
            ("postgresql://h?dbname=x&dbname=y", "dbname=y|host=h"),
            ("postgresql://h/?user", "!in the URI, \"=\" is missing in a parameter behind \"?\""),
            (
                "postgresql://h/?a=b=c",
                "!in the URI, there is a second \"=\" in a parameter; write %3D",
            ),
            ("postgresql://[::1", "!in the URI, an IPv6 address does not end with \"]\""),
            ("postgresql://[]", "!in the URI, an IPv6 address may not be empty"),
            ("postgresql://[::1]x", "!in the URI, \":\" or \"/\" must follow an IPv6 address"),
            (
                "postgresql://u:a%zz@h",
                "!the percent-encoding of the password in the URI is wrong; write \"%\" itself as %25",
            ),
            (
                "postgresql://h/%00",
                "!the percent-encoding of the dbname in the URI is wrong; write \"%\" itself as %25",
            ),
            (
                "postgresql://u:se@cret@h",
                "!in the URI, write \"@\" in a user name or password as %40",
            ),
            (
                "postgres://me:a@b(c/db",
                "!in the URI, what should be the host has a sign that no host has; write \"@\" in a user name or \
                 password as %40",
            ),
            (
                "postgresql://me@corp.com:se%63ret@h",
                "!in the URI, write \"@\" in a user name or password as %40",
            ),
            (
                "postgresql:///u:secret@h/db",
                "!in the URI, user, password and host stand in front of the first \"/\" behind \
                 \"://\"; write \"/\" in them, or in the database's name, as %2F",
            ),
            (
                "postgresql://u:pw@/rest/d",
                "!in the URI, user, password and host stand in front of the first \"/\" behind \
                 \"://\"; write \"/\" in them, or in the database's name, as %2F",
            ),
            (
                "postgresql://h?password=a&secret=b",
                "!invalid connection option behind the password; write a password with blanks in \
                 single quotes, and \"&\" in one of a URI as %26",
            ),
            (
                "postgresql://u:se/cret@h",
                "!in the URI, write \"/\" in a user name or password as %2F",
            ),
        ] {
            let expected = match expected.strip_prefix('!') {
                Some(error) => Err(error.to_owned()),
                None => Ok(expected.to_owned()),
            };
            assert_eq!(parsed(text), expected, "{text}");
        }
    }
}
