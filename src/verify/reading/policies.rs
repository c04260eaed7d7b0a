//! Policies of row security, without their expressions: a server writes them in its own version's way.

use std::collections::BTreeSet;

use super::fragments::{of_no_extension, user_schema};
use super::question::Question;
use crate::name::Name;
use crate::subject::Grantee;
use crate::verify::contents::Policy;
use crate::verify::object::{Class, Object};
use crate::version::Major;

/// Restrictive ones are there since 10.
pub(super) const QUESTION: Question = Question {
    name: "pg_policy",
    about: "policies",
    sql: |major| {
        let permissive = if major >= Major::new(10) { "p.polpermissive" } else { "true" };
        Some(format!(
            "SELECT n.nspname, c.relname, p.polname, p.polcmd, {permissive}, \
             array_to_string(p.polroles, ' '), c.relowner FROM pg_policy p \
             JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE {} AND {}",
            user_schema!(),
            of_no_extension!("pg_class", "c")
        ))
    },
    take: |row, all| {
        let table = Object::local(Class::Policy, row.name(0)?, row.name(1)?);
        let object = Object { part: Some(row.name(2)?), ..table };
        let named = |oid: &str| match oid {
            "0" => Grantee::Public,
            oid => Grantee::Role(all.roles.get(oid).cloned().unwrap_or_else(|| Name::new(oid))),
        };
        let oids = row.text(5)?.split(' ').filter(|oid| !oid.is_empty());
        let roles: BTreeSet<Grantee> = oids.map(named).collect();
        let (command, permissive) = (row.text(3)?.to_owned(), row.flag(4)?);
        let owner = all.role(row, 6)?;
        all.contents.policies.insert(object, Policy { command, permissive, roles, owner });
        Ok(())
    },
};
