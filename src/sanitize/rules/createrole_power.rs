//! What CREATEROLE is worth since 16.

use std::collections::BTreeMap;

use foldhash::HashSet;

use crate::attribute::Attribute;
use crate::finding::{Action, Kind, Severity};
use crate::globals::Globals;
use crate::name::Name;
use crate::sanitize::{About, Context};
use crate::version::Major;

pub(super) const ABOUT: About = About {
    name: "createrole-power",
    severity: Severity::Warning,
    why: "before 16 a role with CREATEROLE alters and grants every role but superusers; since 16 only \
          those on which it has the ADMIN option",
    remedy: "grant it where it shall go on to administer roles; it is not done for you",
};

/// How many roles a message names.
const NAMED: usize = 50;

/// Names what would restore the power that roles with CREATEROLE had.
pub(in crate::sanitize) fn createrole_power(
    globals: &Globals,
    source: Option<Major>,
    cx: &mut Context<'_>,
) {
    let since = Major::new(16);
    if cx.rights.major() < since || source.is_none_or(|source| source >= since) {
        return;
    }
    let is_plain = |name: &Name| !globals.roles[name].has(Attribute::Superuser);
    for (name, role) in &globals.roles {
        if !role.has(Attribute::CreateRole) || !is_plain(name) {
            continue;
        }
        let below = members_of(globals, name);
        let own: HashSet<_> = globals
            .memberships
            .iter()
            .filter(|(key, it)| key.member == *name && it.is_admin())
            .map(|(key, _)| &key.role)
            .collect();
        let others: Vec<_> = globals
            .roles
            .keys()
            .filter(|other| *other != name && is_plain(other) && !below.contains(*other))
            .filter(|other| !own.contains(other))
            // Two that administer each other would be a circle.
            .filter(|other| !globals.roles[*other].has(Attribute::CreateRole))
            .collect();
        if others.is_empty() {
            continue;
        }
        let named: Vec<_> = others.iter().take(NAMED).map(ToString::to_string).collect();
        let more = match others.len() - named.len() {
            0 => String::new(),
            count => format!("; and so for {count} more roles"),
        };
        let message = format!(
            "GRANT {} TO {name} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE{more}",
            named.join(", ")
        );
        let object = (Kind::Role, name.as_str().to_owned());
        cx.report(&ABOUT, Action::Kept, object, role.origin(), message);
    }
}

/// The role's members, and their members: to grant one of them to the role would close a circle.
fn members_of<'a>(globals: &'a Globals, role: &'a Name) -> HashSet<&'a Name> {
    let mut members: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for key in globals.memberships.keys() {
        members.entry(&key.role).or_default().push(&key.member);
    }
    let mut all = HashSet::default();
    let mut next = vec![role];
    while let Some(role) = next.pop() {
        for member in members.get(role).into_iter().flatten() {
            if all.insert(*member) {
                next.push(member);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run_from;

    const TEXT: &str = "CREATE ROLE a CREATEROLE;\nCREATE ROLE b;\nCREATE ROLE c;\nCREATE ROLE d;\n\
                        GRANT a TO c;\nGRANT d TO a WITH ADMIN OPTION;";

    #[test]
    fn names_the_statement_that_would_restore_it() {
        let all = run_from(TEXT, 15, "azure 16");
        assert_eq!(
            all.split('\n').next(),
            Some(
                "1 warning createrole-power kept role a: GRANT b TO a WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
            )
        );
    }

    #[test]
    fn nothing_changes_between_16_and_17_or_before() {
        assert_eq!(run_from(TEXT, 16, "azure 17"), run_from(TEXT, 14, "azure 15"));
    }
}
