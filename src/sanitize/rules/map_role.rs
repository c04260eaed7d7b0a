//! `--map-role`: a role of the target stands for one of the source, or for SUPERUSER.
//!
//! Only memberships in the mapped role become memberships in the other; what the mapped role was a
//! member of goes with it.

use crate::attribute::Attribute;
use crate::finding::{Action, Kind, Severity};
use crate::globals::{Fact, Globals, Membership, MembershipKey};
use crate::sanitize::{About, Context};

pub(super) const ABOUT: About = About {
    name: "map-role",
    severity: Severity::Warning,
    why: "granted instead of what the source had, as --map-role asks",
    remedy: "check that these roles should have these rights on the target",
};

pub(in crate::sanitize) fn map_role(globals: &mut Globals, cx: &mut Context<'_>) {
    let choices = cx.choices;
    let mapped: Vec<_> = globals
        .memberships
        .extract_if(.., |key, _| choices.map_role.contains_key(&key.role))
        .collect();
    for (key, membership) in mapped {
        let Some(to) = choices.map_role.get(&key.role) else { continue };
        // Members that belong to the platform stay behind with the mapped role.
        if *to == key.member || cx.is_platform_role(&key.member) {
            globals.memberships.insert(key, membership);
            continue;
        }
        for origin in membership.origins() {
            cx.change(origin);
        }
        let object = (Kind::Membership, format!("{} in {}", key.member.as_str(), to.as_str()));
        let message = format!("instead of membership in {}", key.role);
        cx.report(&ABOUT, Action::Rewritten, object, membership.granted.origin, message);
        let key = MembershipKey { role: to.clone(), ..key };
        cx.mapped.insert(key, membership);
    }
    let Some(to) = choices.mapped(Attribute::Superuser) else { return };
    for (name, role) in &globals.roles {
        let Some(fact) = role.stated(Attribute::Superuser).filter(|fact| fact.value) else {
            continue;
        };
        if name == to || cx.is_platform_role(name) {
            continue;
        }
        let key = MembershipKey { role: to.clone(), member: name.clone(), grantor: None };
        let membership =
            Membership { granted: Fact::new((), fact.origin), ..Membership::default() };
        let object = (Kind::Membership, format!("{} in {}", name.as_str(), to.as_str()));
        cx.change(fact.origin);
        cx.report(&ABOUT, Action::Rewritten, object, fact.origin, "instead of SUPERUSER");
        cx.mapped.entry(key).or_insert(membership);
    }
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
            "5 warning map-role rewritten membership dba in azure_pg_admin: instead of membership in rds_superuser\n\
             3 warning map-role rewritten membership boss in azure_pg_admin: instead of SUPERUSER\n\
             3 warning superuser rewritten role boss: loses SUPERUSER\n\
             2 info platform-role dropped role rds_superuser: aurora's own\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             6 info dropped-role dropped membership rds_superuser in pg_monitor: rds_superuser is not carried over\n\
             CREATE ROLE boss\nCREATE ROLE dba\nGRANT azure_pg_admin TO boss, dba\n\
             kept 1, rewritten 2, dropped 3"
        );
    }
}
