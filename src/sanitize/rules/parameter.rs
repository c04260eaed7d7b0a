//! Privileges on configuration parameters.

use crate::finding::{Action, Severity};
use crate::globals::{Parameter as Model, ParameterKey};
use crate::name::Name;
use crate::sanitize::{About, Context, ParameterRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "parameter",
    severity: Severity::Warning,
    why: "who replays may not grant this privilege on a configuration parameter, or not as it was granted",
    explanation: "Since 15, GRANT SET or ALTER SYSTEM ON PARAMETER lets a role do what otherwise \
                  takes a superuser. Superusers may grant it, and who holds it WITH GRANT OPTION: \
                  others are told `permission denied for parameter log_statement`. Before 15 the \
                  statement is a syntax error. A copy asks the target which privileges the \
                  connected role may grant, and grants those. For most platforms, Azure among \
                  them, nothing confirms whether an administrator may grant any, so that scripts \
                  leave them out.\n\n\
                  Who granted it is carried over by superusers only: for others the grantor \
                  becomes the role that replays.",
    remedy: "set the parameter for the whole server, by the platform's own means",
};

pub(super) struct Parameter;

impl ParameterRule for Parameter {
    fn apply(&self, key: &mut ParameterKey, it: &mut Model, cx: &mut Context<'_>) -> Verdict {
        let origin = it.origins().next().unwrap_or_default();
        let object = || key.subject();
        let missing = key.grantee.role().and_then(|role| cx.missing(role));
        let answer = cx.rights.parameter_privileges();
        if let Some(message) = answer.why().map(str::to_owned).or(missing) {
            cx.report(&ABOUT, Action::Dropped, object(), origin, message);
            return Verdict::Drop;
        }
        if let Some(options) = cx.rights.grant_options(key.parameter.as_str()) {
            let user = cx.rights.answers().map_or("", |answers| answers.user.as_str());
            let message = |what| format!("{} may not grant {what} on it", Name::new(user));
            let set = it.set.filter(|_| !options.set);
            let alter_system = it.alter_system.filter(|_| !options.alter_system);
            let what = match (set.is_some(), alter_system.is_some()) {
                (false, false) => "",
                (true, false) => "SET",
                (false, true) => "ALTER SYSTEM",
                (true, true) => "SET and ALTER SYSTEM",
            };
            it.set = it.set.filter(|_| set.is_none());
            it.alter_system = it.alter_system.filter(|_| alter_system.is_none());
            if !what.is_empty() {
                let is_left = it.set.is_some() || it.alter_system.is_some();
                let action = if is_left { Action::Rewritten } else { Action::Dropped };
                cx.lose([set, alter_system].into_iter().flatten().map(|fact| fact.origin));
                cx.report(&ABOUT, action, object(), origin, message(what));
                if !is_left {
                    return Verdict::Drop;
                }
            }
        }
        // Only a superuser grants in another's name.
        let Some(grantor) = &key.grantor else { return Verdict::Keep };
        let why = if cx.rights.is_superuser() {
            cx.missing(grantor)
        } else {
            Some(format!("only a superuser grants in the name of {grantor}"))
        };
        if let Some(why) = why {
            let message = format!("its grantor becomes the role that replays it: {why}");
            for origin in it.origins() {
                cx.change(origin);
            }
            cx.report_as(&ABOUT, Severity::Info, Action::Rewritten, object(), origin, message);
            key.grantor = None;
        }
        Verdict::Keep
    }
}

/// Takes a second grant of the same privileges, by another grantor on the source, into the first.
pub(in crate::sanitize) fn unite_parameters(
    earlier: &mut Model,
    later: &Model,
    key: &ParameterKey,
    cx: &mut Context<'_>,
) {
    for (slot, given) in
        [(&mut earlier.set, later.set), (&mut earlier.alter_system, later.alter_system)]
    {
        let Some(given) = given else { continue };
        let lost = match *slot {
            Some(had) if had.value || !given.value => given,
            Some(had) => had,
            None => {
                *slot = Some(given);
                continue;
            }
        };
        if lost != given {
            *slot = Some(given);
        }
        cx.lose([lost.origin]);
        let object = key.subject();
        let message = "another grant says as much";
        cx.report_as(&ABOUT, Severity::Info, Action::Dropped, object, lost.origin, message);
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn needs_a_superuser_and_15() {
        let text = "CREATE ROLE a;\nGRANT SET ON PARAMETER work_mem TO a;";
        assert_eq!(
            run(text, "postgres 14"),
            "2 warning parameter dropped parameter work_mem to a: parameter privileges exist since 15\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 1"
        );
        assert_eq!(
            run(text, "postgres 15"),
            "CREATE ROLE a\nGRANT SET ON PARAMETER work_mem TO a\nkept 2, rewritten 0, dropped 0"
        );
        // Whoever grants must have been given the right to do so before.
        let text = "CREATE ROLE a;\nCREATE ROLE y;\nCREATE ROLE z;\n\
                    GRANT SET ON PARAMETER work_mem TO z WITH GRANT OPTION;\n\
                    SET SESSION AUTHORIZATION z;\nGRANT SET ON PARAMETER work_mem TO y WITH GRANT OPTION;\n\
                    SET SESSION AUTHORIZATION y;\nGRANT SET ON PARAMETER work_mem TO a;";
        let all = run(text, "postgres 15");
        let places = ["TO z", "TO y", "TO a"].map(|to| all.find(to).unwrap());
        assert!(places.is_sorted(), "{all}");
        assert_eq!(
            run("CREATE ROLE a;\nGRANT SET ON PARAMETER work_mem TO a;", "azure 16"),
            "2 warning parameter dropped parameter work_mem to a: nothing documents whether Azure's administrator may grant them\n\
            CREATE ROLE a\nkept 1, rewritten 0, dropped 1"
        );
    }
}
