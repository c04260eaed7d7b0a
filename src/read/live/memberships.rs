//! Memberships with their grantors and options.

use super::part::{Collected, Part, fact};
use super::predefined::is_predefined;
use super::{LiveError, Probe, Row};
use crate::globals::{Membership, MembershipKey};
use crate::platform::predefined;
use crate::version::Major;

pub(super) fn part(probe: &Probe) -> Part {
    let since_16 = probe.major >= Major::new(16);
    let options = if since_16 { "a.inherit_option, a.set_option" } else { "NULL, NULL" };
    // What the server's own roles are to each other from the start is nobody's doing. Since 16 each
    // grant has an oid, which tells.
    let from_the_start = if since_16 {
        "a.oid < 16384".to_owned()
    } else {
        let pairs = predefined::BUILT_IN.map(|(role, member)| format!("('{role}', '{member}')"));
        format!("(r.rolname, m.rolname) IN ({})", pairs.join(", "))
    };
    let (role, member) = (is_predefined("r", probe), is_predefined("m", probe));
    // A dropped role can be left over as grantor before 16; one without role or member means nothing.
    let sql = format!(
        "SELECT r.rolname, m.rolname, g.rolname, a.admin_option, {options} FROM pg_auth_members a \
         JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member \
         LEFT JOIN pg_roles g ON g.oid = a.grantor \
         WHERE NOT ({role} AND {member} AND {from_the_start} AND NOT a.admin_option)"
    );
    Part { sql, take: collect }
}

/// As `pg_dumpall` states them: ADMIN and SET only where they are not what a plain grant gives.
fn collect(rows: &[Row], all: &mut Collected) -> Result<(), LiveError> {
    for row in rows {
        let key = MembershipKey {
            role: row.name(0)?,
            member: row.name(1)?,
            grantor: row.name_or_null(2)?,
        };
        let inherit = match row.get(4)? {
            Some(_) => Some(fact(row.flag(4)?)),
            None => None,
        };
        let set = row.get(5)?.is_none() || row.flag(5)?;
        let membership = Membership {
            granted: fact(()),
            admin: row.flag(3)?.then(|| fact(true)),
            inherit,
            set: (!set).then(|| fact(false)),
        };
        all.globals.memberships.insert(key, membership);
    }
    Ok(())
}
