//! The statements that give back what is missing, for psql.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::head::{self, Server};
use crate::name::Name;
use crate::sql::push_identifier;
use crate::verify::{Change, Class, Loan, Mend, Mender, Object, Outcome, Verified, fits_a_line};
use crate::words::{one_line, plural};

/// What is not in the script.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// How many globals are missing, which copy sends.
    pub globals: usize,
    /// How many differences the user has accepted.
    pub accepted: usize,
}

/// The script: a transaction for each database. `source` and `target` are what messages call the servers.
pub fn render(
    verified: &[Verified],
    beside: Beside,
    mender: Mender<'_>,
    source: &str,
    target: &str,
) -> String {
    let mut out = String::new();
    let (source, target) = (one_line(source), one_line(target));
    let user = one_line(mender.answers.user.as_str());
    let _ = writeln!(
        out,
        "-- Gives back what {target} lacks of {source}, made by pg_globals {}.\n\
         -- Replay it with psql -f, as {user}. It ends at the first error; what is done in the databases\n\
         -- before stays.\n\n\\set ON_ERROR_STOP on",
        env!("CARGO_PKG_VERSION")
    );
    if beside.globals > 0 {
        let missing = plural(beside.globals, "difference");
        let _ = writeln!(
            out,
            "\n-- Not in it: {missing} of roles, memberships and settings: pg_globals copy sends them."
        );
    }
    if beside.accepted > 0 {
        let accepted = plural(beside.accepted, "difference");
        let _ = writeln!(out, "\n-- Not in it: {accepted} that --accept names.");
    }
    for Verified { name, outcome } in verified {
        let shown = one_line(&name.to_string());
        let (comparison, properties, owner) = match outcome {
            Outcome::Compared { comparison, properties, owner, .. } => {
                (comparison, properties, owner)
            }
            Outcome::Missing => {
                let _ = writeln!(
                    out,
                    "\n-- Missing: the database {shown}: restore it with pg_restore -C"
                );
                continue;
            }
            Outcome::Unknown(why) => {
                let _ = writeln!(out, "\n-- Not compared: {shown}: {}", one_line(why));
                continue;
            }
        };
        missing(&shown, &comparison.missing, &mut out);
        let mut mends: Vec<(u8, Mend)> = Vec::new();
        for difference in &comparison.differences {
            mends.push((
                phase(&difference.change, difference.object.class),
                mender.mend(difference),
            ));
        }
        for property in properties {
            mends.push((LAST, mender.mend_property(name, owner, property)));
        }
        // By phase, and in order within.
        mends.sort_by_key(|(phase, _)| *phase);
        let mends: Vec<Mend> = mends.into_iter().map(|(_, mend)| mend).collect();
        if !mends.is_empty() {
            database(name, &mends, mender, &mut out);
        }
    }
    out
}

/// Objects that no statement here brings, as comments.
fn missing(database: &str, objects: &[Object], out: &mut String) {
    if objects.is_empty() {
        return;
    }
    let count = plural(objects.len(), "object");
    let verb = if objects.len() == 1 { "is" } else { "are" };
    let _ = writeln!(
        out,
        "\n-- Missing in {database}: {count}, which {verb} not in this script: restore them with pg_restore, and verify again"
    );
    for object in objects {
        let _ = writeln!(out, "--   {}", one_line(&object.with_class()));
    }
}

/// A database is given away last, since nothing can be done to it afterwards.
const LAST: u8 = 4;

/// Owners first, since they grant; then what the names of others are found through.
fn phase(change: &Change, class: Class) -> u8 {
    match (change, class) {
        (Change::Owner { .. }, Class::Database) => LAST + 1,
        // Its owner needs CREATE on the database.
        (Change::Owner { .. }, Class::Publication) => LAST + 2,
        (_, Class::Database) => 3,
        (Change::Owner { .. }, _) => 1,
        (_, Class::Schema) => 0,
        _ => 2,
    }
}

fn database(name: &Name, mends: &[Mend], mender: Mender<'_>, out: &mut String) {
    let _ = writeln!(out, "\n-- In {}", one_line(&name.to_string()));
    if fits_a_line(name) {
        let _ = writeln!(out, "\\connect {}", connection(name));
    } else {
        // No command of psql can name it.
        out.push_str("-- The name of this database holds a control character: connect to it, and run by hand what follows.\n\\quit\n");
    }
    let usable = || mends.iter().filter(|mend| mend.blocked.is_none());
    if usable().next().is_none() {
        for mend in mends {
            blocked(mend, out);
        }
        return;
    }
    head::begin(Server::One(mender.answers.major), out);
    let loans: BTreeSet<&Loan> = usable().flat_map(|mend| &mend.loans).collect();
    for loan in &loans {
        let _ = writeln!(out, "{};", mender.lend(loan));
    }
    for mend in mends {
        blocked(mend, out);
        if mend.blocked.is_some() {
            continue;
        }
        for statement in &mend.statements {
            let _ = writeln!(out, "{statement};");
        }
    }
    for loan in loans.iter().rev() {
        let _ = writeln!(out, "{};", mender.take_back(loan));
    }
    head::commit(out);
}

/// What is to be done otherwise, as comments.
fn blocked(mend: &Mend, out: &mut String) {
    let Some(why) = &mend.blocked else { return };
    let _ = writeln!(out, "-- {}", one_line(why));
    for statement in &mend.statements {
        let _ = writeln!(out, "--   {};", one_line(statement));
    }
}

/// What psql connects to: a name that could be taken for a connection string is given as one.
fn connection(name: &Name) -> String {
    let text = name.as_str();
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    if is_plain {
        return text.to_owned();
    }
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
    let mut out = String::from("-reuse-previous=on ");
    push_identifier(&format!("dbname='{escaped}'"), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_named_for_psql() {
        assert_eq!(connection(&Name::new("Shop.1")), "Shop.1");
        assert_eq!(
            connection(&Name::new("it's \"x\"=\\")),
            "-reuse-previous=on \"dbname='it\\'s \"\"x\"\"=\\\\'\""
        );
    }
}
