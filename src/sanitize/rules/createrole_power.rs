//! What CREATEROLE is worth since 16.

use foldhash::{HashMap, HashSet};

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Globals;
use crate::name::Name;
use crate::sanitize::{About, Context};
use crate::version::Major;

pub(super) const ABOUT: About = About {
    name: "createrole-power",
    severity: Severity::Warning,
    why: "before 16 a role with CREATEROLE alters and grants every role but superusers; since 16 only \
          those on which it has the ADMIN option",
    explanation: "Since 16, to alter or grant a role takes the ADMIN option on that role: `Only \
                  roles with the CREATEROLE attribute and the ADMIN option on role \"…\" may alter \
                  this role`. Whoever creates a role gets that option, and on the target \
                  everything is created by the role that replays. So a role that looked after the \
                  others on the source arrives with CREATEROLE, and can alter none of them.\n\n\
                  The message has the grant that would restore it. INHERIT FALSE and SET FALSE in \
                  it mean that it gives the power to administer, and nothing else.",
    remedy: "grant it where it shall go on to administer roles; it is not done for you",
};

/// How many roles a message names: many administrators of very many roles would fill the memory.
const NAMED: usize = 1_000;

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
    let of = |attribute| move |name: &&Name| globals.roles[*name].has(attribute);
    let plain = |name: &&Name| !of(Attribute::Superuser)(name);
    let administrators: Vec<_> =
        globals.roles.keys().filter(plain).filter(of(Attribute::CreateRole)).collect();
    if administrators.is_empty() {
        return;
    }
    // Two that administer each other would be a circle.
    let is_other = |name: &&Name| {
        let role = globals.roles.get(*name);
        role.is_some_and(|it| !it.has(Attribute::Superuser) && !it.has(Attribute::CreateRole))
    };
    let others: Vec<_> = globals.roles.keys().filter(is_other).collect();
    let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
    let mut own: HashMap<&Name, HashSet<&Name>> = HashMap::default();
    for (key, it) in &globals.memberships {
        members.entry(&key.role).or_default().push(&key.member);
        if it.is_admin() {
            own.entry(&key.member).or_default().insert(&key.role);
        }
    }
    for name in administrators {
        let mut kept = below(name, &members);
        kept.extend(own.get(name).into_iter().flatten());
        let lost = others.iter().filter(|other| !kept.contains(**other));
        let named: Vec<_> = lost.take(NAMED).map(ToString::to_string).collect();
        // There are many roles, and few that one administrator keeps.
        let count = others.len() - kept.iter().filter(|name| is_other(name)).count();
        if count == 0 {
            continue;
        }
        let more = match count - named.len() {
            0 => String::new(),
            1 => "; and so for 1 more role".to_owned(),
            more => format!("; and so for {more} more roles: all but those with CREATEROLE"),
        };
        let message = format!(
            "GRANT {} TO {name} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE{more}",
            named.join(", ")
        );
        // What is granted for that is not to be taken back.
        cx.unspecified.administrators.insert(name.clone());
        let object = Subject::Role(name.clone());
        cx.report(&ABOUT, Action::Kept, object, globals.roles[name].origin(), message);
    }
}

/// The role's members, and their members: to grant one of them to the role would close a circle.
fn below<'a>(role: &'a Name, members: &HashMap<&Name, Vec<&'a Name>>) -> HashSet<&'a Name> {
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
