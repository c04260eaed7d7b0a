//! Privileges on configuration parameters, which exist since 15.

use super::part::{Collected, Part, fact};
use super::tablespaces::grantee;
use super::{Probe, Row};
use crate::globals::{ParameterKey, SettingName};
use crate::platform::GrantOptions;
use crate::version::Major;

const SINCE: Major = Major::new(15);

/// What the owner, the bootstrap superuser, has from the start is in no dump either; a dump states all
/// that it has where that is something else.
pub(super) fn part(probe: &Probe) -> Option<Part> {
    let sql = "SELECT p.parname, a.grantee, e.rolname, a.grantor = 10, b.rolname, a.privilege_type, \
               a.is_grantable FROM pg_parameter_acl p, aclexplode(p.paracl) AS a \
               LEFT JOIN pg_roles e ON e.oid = a.grantee LEFT JOIN pg_roles b ON b.oid = a.grantor \
               WHERE NOT EXISTS (SELECT FROM aclexplode(p.paracl) AS o WHERE a.grantee = 10 AND a.grantor = 10 \
               AND o.grantee = 10 AND o.grantor = 10 HAVING count(*) = 2 AND NOT bool_or(o.is_grantable))";
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

/// What the connected role may do with parameters beyond what everybody may: set them, and grant that
/// on.
pub(super) fn settable(probe: &Probe) -> Option<Part> {
    let sql = "SELECT lower(parname), has_parameter_privilege(parname, 'SET'), \
               has_parameter_privilege(parname, 'SET WITH GRANT OPTION'), \
               has_parameter_privilege(parname, 'ALTER SYSTEM WITH GRANT OPTION') \
               FROM pg_parameter_acl";
    let take = |rows: &[Row], all: &mut Collected| {
        for row in rows {
            let name = row.text(0)?;
            if row.flag(1)? {
                all.answers.settable.insert(name.to_owned());
            }
            let options = GrantOptions { set: row.flag(2)?, alter_system: row.flag(3)? };
            if options != GrantOptions::default() {
                all.answers.grantable.insert(name.to_owned(), options);
            }
        }
        Ok(())
    };
    (probe.major >= SINCE).then(|| Part { sql: sql.to_owned(), take })
}
