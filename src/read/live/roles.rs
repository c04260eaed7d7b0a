//! Roles with their attributes, verifiers and comments.

use super::part::{Collected, Part, fact};
use super::predefined::is_predefined;
use super::{LiveError, Probe, Row};
use crate::attribute::Attribute;
use crate::globals::{Password, Role, Timestamp};
use crate::secret::Secret;

/// The columns in the order of [`Attribute::ALL`].
const COLUMNS: &str = "r.oid, r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, \
     r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil::text";

pub(super) fn part(probe: &Probe) -> Part {
    // pg_roles shows asterisks, whether there is a password or not.
    let (table, password, take): (_, _, fn(&[Row], &mut Collected) -> _) = if probe.reads_verifiers
    {
        ("pg_authid", "r.rolpassword", |rows, all| collect(rows, all, true))
    } else {
        ("pg_roles", "NULL", |rows, all| collect(rows, all, false))
    };
    let sql = format!(
        "SELECT {COLUMNS}, {password}, d.description, {} FROM {table} r \
         LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass",
        is_predefined("r", probe)
    );
    Part { sql, take }
}

fn collect(rows: &[Row], all: &mut Collected, reads_verifiers: bool) -> Result<(), LiveError> {
    all.answers.reads_verifiers = reads_verifiers;
    for row in rows {
        let oid = row.text(0)?;
        let name = row.name(1)?;
        all.oids.insert(oid.to_owned(), name.clone());
        if oid == "10" {
            all.answers.bootstrap = Some(name.clone());
        }
        if row.flag(13)? {
            all.answers.predefined.insert(name);
            continue;
        }
        let mut role = Role::default();
        role.created = Some(fact(()));
        for (column, attribute) in (2..).zip(Attribute::ALL) {
            role.set(attribute, Some(fact(row.flag(column)?)));
        }
        let limit: i32 = row.number(9)?;
        role.connection_limit = (limit != -1).then(|| fact(limit));
        if let Some(until) = row.get(10)? {
            let until = Timestamp::parse(until);
            let until = until.ok_or_else(|| row.unfit(10, "a date that is not ISO"))?;
            role.valid_until = Some(fact(until));
        }
        role.password = match row.get(11)? {
            Some(verifier) => Password::Is(fact(Secret::new(verifier))),
            None if reads_verifiers => Password::None(fact(())),
            None => Password::Unknown,
        };
        role.comment = row.get(12)?.map(|text| fact(text.into()));
        all.globals.roles.insert(name, role);
    }
    Ok(())
}
