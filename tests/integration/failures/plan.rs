//! A copy of many kinds of statements, and what is to be said about each of them.

use std::sync::{Arc, Mutex};

use crate::support::catalog::Catalog;
use crate::support::cluster::Cluster;
use crate::support::command::{Done, Run};
use crate::support::platforms;
use crate::support::proxy::{Act, Message, Proxy};
use crate::support::verifier;

/// Roles with everything. Each line has its own object, so that a message can be held against it.
pub fn dump(passwords: bool) -> String {
    let mut dump = String::new();
    let mut line = |text: String| dump.extend([text.as_str(), ";\n"]);
    for role in 1..=12 {
        line(format!("CREATE ROLE r{role}"));
        let password = match role % 3 {
            0 if passwords => {
                format!(" PASSWORD '{}'", verifier::scram(&format!("r{role}"), "p", 1))
            }
            _ => String::new(),
        };
        let login = if role % 3 == 0 { "LOGIN" } else { "NOLOGIN" };
        line(format!("ALTER ROLE r{role} WITH {login} CONNECTION LIMIT {role}{password}"));
        line(format!("COMMENT ON ROLE r{role} IS 'Zoë''s; no. {role}'"));
    }
    for role in 1..=3 {
        line(format!("CREATE ROLE old{role}"));
        line(format!("ALTER ROLE old{role} WITH LOGIN CONNECTION LIMIT 1{role}"));
        line(format!("CREATE ROLE \"Tëam {role}\""));
    }
    for role in 1..=8 {
        line(format!("ALTER ROLE r{role} SET work_mem TO '{role}MB'"));
        line(format!("GRANT r{role} TO r{}", role + 1));
    }
    line("GRANT \"Tëam 1\" TO r1, r2, old1".to_owned());
    line("GRANT \"Tëam 2\" TO \"Tëam 3\"".to_owned());
    dump
}

/// A server with some roles of the dump, made by its administrator.
pub fn target(major: u32) -> Cluster {
    let target = platforms::azure_like(major);
    prepare(&target);
    target
}

pub fn prepare(target: &Cluster) {
    target.sql(
        "azadmin",
        "postgres",
        "CREATE ROLE old1 LOGIN; CREATE ROLE old2 NOLOGIN; CREATE ROLE old3 CONNECTION LIMIT 5;
         COMMENT ON ROLE old1 IS 'stays'; ALTER ROLE old2 SET work_mem = '1MB'; CREATE ROLE bystander",
    );
}

/// A proxy in front of it.
pub fn proxy(
    target: &Cluster,
    hook: impl FnMut(&mut Message<'_>) -> Act + Send + 'static,
) -> Proxy {
    Proxy::hooked(target.socket(), target.port, hook)
}

/// The copy of a dump, as the administrator.
pub fn copy(dump: &str, to: &str, more: &[&str]) -> Run {
    let arguments = ["copy", "in.sql", to, "--yes", "--into-older", "--format", "json"];
    Run::new([&arguments[..], more].concat()).file("in.sql", dump)
}

/// The connection string without a proxy.
pub fn direct(target: &Cluster) -> String {
    target.connection_string("azadmin", "postgres")
}

/// The messages that a copy sends, which is taken back.
pub fn recorded(target: &Cluster, dump: &str, more: &[&str]) -> Vec<String> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&seen);
    let proxy = proxy(target, move |message| {
        into.lock().unwrap().push(message.text().to_owned());
        Act::Forward
    });
    let to = proxy.connection_string("azadmin", "postgres");
    let more = [more, &["--undo", "undo.sql"]].concat();
    undo(target, &copy(dump, &to, &more).done());
    drop(proxy);
    Arc::into_inner(seen).unwrap().into_inner().unwrap()
}

/// The statements of a message that change something; those of reading are none.
pub fn statements(message: &str) -> impl Iterator<Item = &str> {
    const VERBS: [&str; 5] = ["CREATE ROLE ", "ALTER ROLE ", "COMMENT ON ", "GRANT ", "REVOKE "];
    let all = message.split(";\n");
    all.filter(|text| VERBS.iter().any(|verb| text.starts_with(verb)))
}

/// Puts something else of the same length in the place of a statement; whether it was there.
pub fn replace(message: &mut Message<'_>, statement: &str, by: &str) -> bool {
    let whole = message.text().to_owned();
    let mut is_there = false;
    let parts: Vec<String> = whole
        .split(";\n")
        .map(|part| {
            if without_verifier(part) != without_verifier(statement) {
                return part.to_owned();
            }
            is_there = true;
            let instead = format!("{by:<length$}", length = part.len());
            assert_eq!(instead.len(), part.len(), "{statement}");
            instead
        })
        .collect();
    if is_there {
        message.set_text(&parts.join(";\n"));
    }
    is_there
}

/// A dry run sends others.
fn without_verifier(statement: &str) -> String {
    let Some((before, rest)) = statement.split_once("PASSWORD '") else {
        return statement.to_owned();
    };
    let behind = rest.split_once('\'').map_or("", |(_, behind)| behind);
    format!("{before}PASSWORD{behind}")
}

/// What is compared of a target; of a new password only that there is one.
pub fn state(target: &Cluster) -> Catalog {
    let mut catalog = Catalog::of(target);
    for role in catalog.roles.values_mut() {
        role.password = role.password.take().map(|_| String::new());
    }
    catalog
}

/// Makes the target as it was, with the file that the copy has written for that.
pub fn undo(target: &Cluster, done: &Done) {
    let file = done.file("undo.sql");
    let lines: Vec<_> =
        file.split_terminator('\n').filter(|line| !line.starts_with(['\\', '-'])).collect();
    target.sql("azadmin", "postgres", &lines.join("\n"));
}

/// Lets the copy wait for locks no longer than a moment.
pub fn impatient(message: &mut Message<'_>) {
    let text = message.text().replace("lock_timeout = '30s'", "lock_timeout = '9ms'");
    if text != message.text() {
        message.set_text(&text);
    }
}
