//! What CREATEROLE is worth since 16.

use foldhash::{HashMap, HashSet};

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Globals;
use crate::globals::collect::Era;
use crate::name::Name;
use crate::sanitize::{About, Context};
use crate::sql::shown_identifier;

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
                  it mean that it gives the power to administer, and nothing else. What the role \
                  was given on the target already is not named again. Memberships make no circle: \
                  of two roles with CREATEROLE only one can administer the other, and none the \
                  members that it has; the message names them.\n\n\
                  Where nothing tells whether the source is before 16, the message begins so.",
    remedy: "grant it where it shall go on to administer roles; it is not done for you",
};

/// How many roles a message names: many administrators of very many roles would fill the memory.
const NAMED: usize = 1_000;

/// How many of those it names that no grant restores.
const UNGRANTED: usize = 10;

/// Names what would restore the power that roles with CREATEROLE had.
pub(in crate::sanitize) fn createrole_power(globals: &Globals, cx: &mut Context<'_>) {
    if Era::of(cx.rights.major()) == Era::Before16 || cx.era == Some(Era::Since16) {
        return;
    }
    let unless = if cx.era.is_none() { "where the source is before 16: " } else { "" };
    let of = |attribute| move |name: &&Name| globals.roles[*name].has(attribute);
    let plain = |name: &&Name| !of(Attribute::Superuser)(name);
    let administrators: Vec<_> =
        globals.roles.keys().filter(plain).filter(of(Attribute::CreateRole)).collect();
    if administrators.is_empty() {
        return;
    }
    // What is none on the target may have been a superuser on the source, which nobody else alters.
    let superusers = cx.superusers.clone();
    let is_plain = |name: &&Name| {
        let role = globals.roles.get(*name);
        role.is_some_and(|role| !role.has(Attribute::Superuser)) && !superusers.contains_key(*name)
    };
    // Two that administer each other would be a circle.
    let is_other = |name: &&Name| is_plain(name) && !of(Attribute::CreateRole)(name);
    let is_peer = |name: &&Name| is_plain(name) && of(Attribute::CreateRole)(name);
    let others: Vec<_> = globals.roles.keys().filter(is_other).collect();
    let peers: Vec<_> = administrators.iter().copied().filter(is_plain).collect();
    let mut members: HashMap<&Name, Vec<&Name>> = HashMap::default();
    let mut own: HashMap<&Name, HashSet<&Name>> = HashMap::default();
    let mut joined: HashMap<&Name, HashSet<&Name>> = HashMap::default();
    for (key, it) in &globals.memberships {
        members.entry(&key.role).or_default().push(&key.member);
        let of = if it.is_admin() { &mut own } else { &mut joined };
        of.entry(&key.member).or_default().insert(&key.role);
    }
    let there = cx.rights.answers().map(|answers| &answers.administers);
    for &name in &administrators {
        // What it was given on the target is no news.
        let given = there.and_then(|there| there.get(name)).into_iter().flatten();
        let own: HashSet<&Name> =
            own.get(name).into_iter().flatten().copied().chain(given).collect();
        let below = below(name, &members);
        let kept: HashSet<_> = below.union(&own).copied().collect();
        let kept_of = |is: &dyn Fn(&&Name) -> bool| kept.iter().filter(|it| is(it)).count();
        // There are many roles, and few that one administrator keeps.
        let count = others.len() - kept_of(&is_other);
        let lost = others.iter().copied().filter(|other| !kept.contains(*other));
        let mut parts = Vec::new();
        if count > 0 {
            let named: Vec<_> = lost.take(NAMED).collect();
            let more = count - named.len();
            // A member keeps what its membership gives: the options that are not named stay.
            let joined = joined.get(name);
            let is_joined = |role: &&Name| joined.is_some_and(|joined| joined.contains(role));
            let (joined, apart): (Vec<_>, Vec<_>) = named.into_iter().partition(is_joined);
            for (roles, options) in [(apart, ", INHERIT FALSE, SET FALSE"), (joined, "")] {
                if !roles.is_empty() {
                    let roles: Vec<_> = roles.into_iter().map(shown_identifier).collect();
                    let (roles, to) = (roles.join(", "), shown_identifier(name));
                    parts.push(format!("GRANT {roles} TO {to} WITH ADMIN TRUE{options}"));
                }
            }
            match more {
                0 => {}
                1 => parts.push("and so for 1 more role".to_owned()),
                more => parts.push(format!("and so for {more} more roles")),
            }
        }
        // What is granted for that, now or before, is not to be taken back.
        cx.unspecified.administrators.insert(name.clone());
        let lost = peers.iter().copied().filter(|peer| *peer != name && !kept.contains(*peer));
        let count =
            peers.len() - usize::from(is_plain(&name)) - kept_of(&|it| is_peer(it) && *it != name);
        parts.extend(some(
            lost,
            count,
            ["which has CREATEROLE, too", "which have CREATEROLE, too"],
        ));
        let mut lost: Vec<_> =
            below.iter().copied().filter(|it| is_plain(it) && !own.contains(*it)).collect();
        lost.sort_unstable();
        let count = lost.len();
        parts.extend(some(lost.into_iter(), count, ["its own member", "its own members"]));
        if parts.is_empty() {
            continue;
        }
        let object = Subject::Role(name.clone());
        let message = format!("{unless}{}", parts.join("; "));
        cx.report(&ABOUT, Action::Kept, object, globals.roles[name].origin(), message);
    }
}

/// What is lost and no grant restores; none where there is nothing.
fn some<'a>(
    lost: impl Iterator<Item = &'a Name>,
    count: usize,
    [one, many]: [&str; 2],
) -> Option<String> {
    let why = if count == 1 { one } else { many };
    if count == 0 {
        return None;
    }
    let named: Vec<_> = lost.take(UNGRANTED).map(ToString::to_string).collect();
    let more = match count - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("it no longer alters {}{more}, {why}", named.join(", ")))
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
    use crate::sanitize::testing::{run, run_from};

    const TEXT: &str = "CREATE ROLE a CREATEROLE;\nCREATE ROLE b;\nCREATE ROLE c;\nCREATE ROLE d;\n\
                        GRANT a TO c;\nGRANT d TO a WITH ADMIN OPTION;";

    #[test]
    fn names_the_statement_that_would_restore_it() {
        let joined = run_from(&format!("{TEXT}\nCREATE ROLE e;\nGRANT e TO a;"), 15, "azure 16");
        // It loses nothing by it that it has as a member.
        let grants = "GRANT b TO a WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; GRANT e TO a WITH ADMIN TRUE; it";
        assert!(joined.contains(grants), "{joined}");
        let all = run_from(TEXT, 15, "azure 16");
        assert_eq!(
            all.split('\n').next(),
            Some(
                "1 warning createrole-power kept role a: GRANT b TO a WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; \
                 it no longer alters c, its own member"
            )
        );
    }

    /// Whatever it could alter is told, by a grant or by name.
    #[test]
    fn nothing_that_it_administered_is_left_out() {
        let text = "CREATE ROLE a CREATEROLE;\nCREATE ROLE b CREATEROLE;\nCREATE ROLE s SUPERUSER;";
        let all = run_from(text, 15, "azure 16");
        assert!(
            all.contains(
                "createrole-power kept role a: it no longer alters b, which has CREATEROLE, too\n"
            ),
            "{all}"
        );
        let given = format!("{text}\nGRANT b TO a WITH ADMIN OPTION;");
        let all = run_from(&given, 15, "azure 16");
        assert!(!all.contains("createrole-power kept role a"), "{all}");
        assert!(all.contains("it no longer alters a, its own member"), "{all}");
        let many: Vec<_> = (10..=31).map(|n| format!("CREATE ROLE r{n} CREATEROLE;\n")).collect();
        let all = run_from(&many.concat(), 15, "azure 16");
        let named = "it no longer alters r11, r12, r13, r14, r15, r16, r17, r18, r19, r20 and \
                     11 more, which have CREATEROLE, too";
        assert!(all.contains(named), "{all}");
    }

    #[test]
    fn where_nobody_knows_the_version_it_is_said_so() {
        let all = run(TEXT, "azure 16");
        let line = "createrole-power kept role a: where the source is before 16: GRANT b TO a WITH";
        assert!(all.contains(line), "{all}");
    }

    #[test]
    fn nothing_changes_between_16_and_17_or_before() {
        assert_eq!(run_from(TEXT, 16, "azure 17"), run_from(TEXT, 14, "azure 15"));
    }
}
