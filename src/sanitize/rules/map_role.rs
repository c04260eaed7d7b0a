//! `--map-role`: a role of the target stands for one of the source, or for SUPERUSER.
//!
//! Only memberships in the mapped role become memberships in the other; what the mapped role was a
//! member of goes with it.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::map::Entry;

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Fact, Globals, Membership, MembershipKey};
use crate::name::Name;
use crate::sanitize::{About, Context};

pub(super) const ABOUT: About = About {
    name: "map-role",
    severity: Severity::Warning,
    why: "granted instead of what the source had, as --map-role asks",
    explanation: "Platforms give rights through roles of their own: rds_superuser on AWS, \
                  azure_pg_admin on Azure. The tool never takes two of them for the same, since \
                  that would give a role rights that it did not have; it does so for the pairs \
                  that you name, and says it each time. Memberships in the source's role become \
                  memberships in the target's, with their options, and SUPERUSER=ROLE makes the \
                  source's superusers members of ROLE.\n\n\
                  Nothing is granted to the target's role itself. Azure's documentation has \
                  `permission denied to alter restricted role \"azure_pg_admin\"` for that.",
    remedy: "check that these roles should have these rights on the target",
};

/// Maps what the roles that stay have; what belongs to others goes with them.
pub(in crate::sanitize) fn map_role(globals: &mut Globals, cx: &mut Context<'_>) {
    let choices = cx.choices;
    let roles = &cx.roles;
    // Roles are mapped by the source's names.
    let targets: BTreeMap<Name, Name> = choices
        .map_role
        .iter()
        .map(|(from, to)| (choices.rename.get(from).unwrap_or(from).clone(), to.clone()))
        .collect();
    let mapped: Vec<_> = globals
        .memberships
        .extract_if(.., |key, _| {
            let to = targets.get(&key.role);
            to.is_some_and(|to| *to != key.member) && roles.contains_key(&key.member)
        })
        .collect();
    for (key, membership) in mapped {
        let Some(to) = targets.get(&key.role) else { continue };
        for origin in membership.origins() {
            cx.change(origin);
        }
        let message = format!("instead of membership in {}", key.role);
        let key = MembershipKey { role: to.clone(), ..key };
        let object = key.subject();
        cx.report(&ABOUT, Action::Rewritten, object, membership.granted.origin, message);
        cx.mapped.insert(key.clone());
        match globals.memberships.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(membership);
            }
            Entry::Occupied(mut entry) => {
                let key = entry.key().clone();
                super::unite(entry.get_mut(), &membership, &key, cx);
            }
        }
    }
    if cx.rights.attribute(Attribute::Superuser).is_yes() {
        return;
    }
    let Some(to) = choices.mapped(Attribute::Superuser) else { return };
    let mut superusers: Vec<_> =
        cx.superusers.iter().map(|(name, origin)| (name.clone(), *origin)).collect();
    superusers.sort_unstable();
    for (name, origin) in superusers {
        if name == *to || !cx.roles.contains_key(&name) {
            continue;
        }
        let key = MembershipKey { role: to.clone(), member: name, grantor: None };
        let granted = Fact::new((), origin);
        cx.change(origin);
        let object = key.subject();
        cx.report(&ABOUT, Action::Rewritten, object, origin, "instead of SUPERUSER");
        cx.mapped.insert(key.clone());
        let membership = Membership { granted, ..Membership::default() };
        globals.memberships.entry(key).or_insert(membership);
    }
}

/// Of a membership that the target's role refused, that one is what there is to say.
pub(in crate::sanitize) fn unsay_refused(globals: &Globals, cx: &mut Context<'_>) {
    if cx.mapped.is_empty() {
        return;
    }
    let stay: BTreeSet<_> = globals.memberships.keys().map(MembershipKey::subject).collect();
    cx.unsay(&ABOUT, |object| {
        matches!(object, Subject::Membership { .. }) && !stay.contains(object)
    });
}

#[cfg(test)]
mod tests {
    use crate::name::Name;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::run_with;

    #[test]
    fn memberships_in_and_never_of_the_mapped_role() {
        let map = [("rds_superuser", "azure_pg_admin"), ("SUPERUSER", "azure_pg_admin")];
        let map_role = map.map(|(from, to)| (Name::new(from), Name::new(to)));
        let choices = Choices { map_role: map_role.into_iter().collect(), ..Choices::default() };
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_superuser;\nCREATE ROLE boss SUPERUSER;\n\
                    CREATE ROLE dba;\nGRANT rds_superuser TO dba;\nGRANT pg_monitor TO rds_superuser;";
        assert_eq!(
            run_with(text, "azure 16", &choices),
            "3 info superuser rewritten role boss: loses SUPERUSER\n\
             2 info platform-role dropped role rds_superuser: aurora's own\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             5 warning map-role rewritten membership dba in azure_pg_admin: instead of membership in rds_superuser\n\
             3 warning map-role rewritten membership boss in azure_pg_admin: instead of SUPERUSER\n\
             6 info dropped-role dropped membership rds_superuser in pg_monitor: rds_superuser is not carried over\n\
             CREATE ROLE boss\nCREATE ROLE dba\nGRANT azure_pg_admin TO boss, dba\n\
             kept 1, rewritten 2, dropped 3"
        );
    }

    #[test]
    fn what_is_left_out_is_not_mapped() {
        let map_role = [("SUPERUSER", "azure_pg_admin")];
        let map_role = map_role.map(|(from, to)| (Name::new(from), Name::new(to)));
        let exclude = vec![crate::glob::Glob::new("a").unwrap()];
        let choices =
            Choices { map_role: map_role.into_iter().collect(), exclude, ..Choices::default() };
        // A role of the target's name does not swallow what is mapped to it.
        let text = "CREATE ROLE a SUPERUSER;\nCREATE ROLE b SUPERUSER;\nCREATE ROLE azure_pg_admin;\n\
                    GRANT azure_pg_admin TO b;";
        assert_eq!(
            run_with(text, "azure 16", &choices),
            "1 info selection dropped role a: not selected\n\
             3 error collision dropped role azure_pg_admin: azure has it: its members are administrators; nothing can be granted to it\n\
             2 info superuser rewritten role b: loses SUPERUSER\n\
             2 warning map-role rewritten membership b in azure_pg_admin: instead of SUPERUSER\n\
             CREATE ROLE b\nGRANT azure_pg_admin TO b\nkept 1, rewritten 1, dropped 2"
        );
    }
}
