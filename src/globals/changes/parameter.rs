//! Privileges on parameters: all grantors together, unless equality is what counts.

use std::collections::BTreeMap;

use super::scope::counts;
use super::{Change, Changes, Scope};
use crate::globals::model::{Globals, Grantee, Parameter, ParameterKey};
use crate::globals::setting::SettingName;
use crate::name::Name;

/// By parameter and grantee; by grantor too, where that counts.
type Slot<'a> = (&'a SettingName, &'a Grantee, Option<&'a Name>);

pub(super) fn compare(current: &Globals, desired: &Globals, scope: Scope, all: &mut Changes) {
    let there = union(current, scope);
    let wants = union(desired, scope);
    for (key, wanted) in &desired.parameters {
        let there = there.get(&slot(key, scope));
        let nothing = Parameter::default();
        let has = there.unwrap_or(&nothing);
        if !wanted.has_beyond(has) {
            continue;
        }
        // Stating what is there already takes nothing away.
        let to = if scope == Scope::Mirror { wanted.clone() } else { wanted.or(has) };
        all.changes.push(Change::Parameter {
            key: key.clone(),
            from: there.cloned(),
            to: Some(to),
        });
    }
    for (key, there) in &current.parameters {
        let role = key.grantee.role();
        let counts = role.map_or(scope == Scope::Mirror, |role| counts(desired, scope, role));
        let nothing = Parameter::default();
        let wanted = wants.get(&slot(key, scope)).unwrap_or(&nothing);
        // What is both more and less has been made equal already.
        let is_done = scope == Scope::Mirror && wanted.has_beyond(there);
        if !counts || is_done || !there.has_beyond(wanted) {
            continue;
        }
        let to = Some(there.and(wanted)).filter(|left| *left != nothing);
        all.removal(scope, Change::Parameter { key: key.clone(), from: Some(there.clone()), to });
    }
}

fn slot(key: &ParameterKey, scope: Scope) -> Slot<'_> {
    let grantor = key.grantor.as_ref().filter(|_| scope == Scope::Mirror);
    (&key.parameter, &key.grantee, grantor)
}

fn union(globals: &Globals, scope: Scope) -> BTreeMap<Slot<'_>, Parameter> {
    let mut union = BTreeMap::<_, Parameter>::new();
    for (key, it) in &globals.parameters {
        let united = union.entry(slot(key, scope)).or_default();
        *united = united.or(it);
    }
    union
}

#[cfg(test)]
mod tests {
    use crate::globals::changes::changes;
    use crate::globals::{Globals, Scope};
    use crate::read::{Options, read};

    fn globals(text: &str) -> Globals {
        let roles = "CREATE ROLE a;\nCREATE ROLE x;\nCREATE ROLE y;\n\
                     GRANT SET, ALTER SYSTEM ON PARAMETER work_mem TO x, y WITH GRANT OPTION;\n";
        read(format!("{roles}{text}").as_bytes(), Options::default()).unwrap().globals
    }

    /// What several grantors gave is one right, unless equality is asked for.
    #[test]
    fn grantors_count_for_equality_only() {
        let by = |role: &str, privilege: &str| {
            format!(
                "SET SESSION AUTHORIZATION {role};\nGRANT {privilege} ON PARAMETER work_mem TO a;\n\
                 RESET SESSION AUTHORIZATION;\n"
            )
        };
        let both = globals(&(by("x", "SET") + &by("y", "ALTER SYSTEM")));
        let one = globals("GRANT SET, ALTER SYSTEM ON PARAMETER work_mem TO a;\n");
        let count = |current: &Globals, desired: &Globals, scope| {
            changes(current, desired, scope).changes.len()
        };
        for scope in [Scope::Merge, Scope::Replace] {
            assert_eq!(count(&both, &one, scope), 0);
            assert_eq!(count(&one, &both, scope), 0);
        }
        assert_eq!(count(&both, &one, Scope::Mirror), 3);
        assert_eq!(count(&one, &one, Scope::Mirror), 0);
        let more = globals("GRANT SET ON PARAMETER work_mem TO a WITH GRANT OPTION;\n");
        assert_eq!(count(&both, &more, Scope::Merge), 1);
        assert_eq!(count(&more, &globals(&by("x", "SET")), Scope::Merge), 0);
    }
}
