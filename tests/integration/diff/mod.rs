//! `diff`: what it shows of dumps and servers.

mod clients;
mod dumps;
mod kinds;
mod migrated;
mod selection;
mod servers;
mod unified;
mod waits;

use std::sync::LazyLock;

/// Fingerprints differ from run to run.
fn stable(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive('#') {
        let behind = part.len() >= 8 && part.as_bytes()[..8].iter().all(u8::is_ascii_hexdigit);
        out.push_str(if behind && !out.is_empty() { "…" } else { "" });
        out.push_str(if behind && !out.is_empty() { &part[8..] } else { part });
    }
    out
}

/// Of the JSON form. Made once: it takes longer than what it looks at.
fn validator() -> &'static jsonschema::Validator {
    static VALIDATOR: LazyLock<jsonschema::Validator> =
        LazyLock::new(|| crate::support::schema::validator("diff"));
    &VALIDATOR
}

/// With the directory and the port of a server replaced.
fn anywhere(text: &str, servers: &[(&crate::support::cluster::Cluster, &str)]) -> String {
    let mut text = text.to_owned();
    for (server, name) in servers {
        let address = format!("{}:{}", server.socket().display(), server.port);
        text = text.replace(&address, name);
    }
    text
}
