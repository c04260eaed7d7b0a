//! Privileges on configuration parameters, which exist since 15.

use super::roles::fact;
use super::tablespaces::grantee;
use super::{Collected, Part, Probe, Row};
use crate::globals::{ParameterKey, SettingName};
use crate::version::Major;

const SINCE: Major = Major::new(15);

/// What the owner, the bootstrap superuser, has from the start is in no dump either.
pub(super) fn part(probe: &Probe) -> Option<Part> {
    let sql = "SELECT p.parname, a.grantee, e.rolname, a.grantor = 10, b.rolname, a.privilege_type, \
               a.is_grantable FROM pg_parameter_acl p, aclexplode(p.paracl) AS a \
               LEFT JOIN pg_roles e ON e.oid = a.grantee LEFT JOIN pg_roles b ON b.oid = a.grantor \
               WHERE a.grantee <> 10";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let Some(grantee) = grantee(row, 1, 2)? else { continue };
            let grantor = if row.flag(3)? { None } else { row.name_or_null(4)? };
            let parameter = SettingName::new(row.text(0)?);
            let key = ParameterKey { parameter, grantee, grantor };
            let it = all.globals.parameters.entry(key).or_default();
            let grantable = Some(fact(row.flag(6)?));
            match row.text(5)? {
                "SET" => it.set = grantable,
                "ALTER SYSTEM" => it.alter_system = grantable,
                _ => {}
            }
        }
        Ok(())
    };
    (probe.major >= SINCE).then(|| Part { sql: sql.to_owned(), take })
}

/// The parameters that the connected role may set beyond what everybody may.
pub(super) fn settable(probe: &Probe) -> Option<Part> {
    let sql =
        "SELECT lower(parname) FROM pg_parameter_acl WHERE has_parameter_privilege(parname, 'SET')";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            all.answers.settable.insert(row.text(0)?.to_owned());
        }
        Ok(())
    };
    (probe.major >= SINCE).then(|| Part { sql: sql.to_owned(), take })
}
