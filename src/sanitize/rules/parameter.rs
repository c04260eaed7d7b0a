//! Privileges on configuration parameters.

use crate::finding::{Action, Severity};
use crate::globals::{Grantee, Parameter as Model, ParameterKey};
use crate::name::Name;
use crate::sanitize::{About, Context, ParameterRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "parameter",
    severity: Severity::Warning,
    why: "the target's administrator cannot grant privileges on configuration parameters",
    explanation: "Since 15, GRANT SET or ALTER SYSTEM ON PARAMETER lets a role do what otherwise \
                  takes a superuser. Others cannot grant it: `permission denied for parameter \
                  log_statement` is what they are told. Before 15 the statement is a syntax error. \
                  For most platforms, Azure among them, nothing confirms whether an administrator \
                  may grant any of these, so that they are left out.",
    remedy: "set the parameter for the whole server, by the platform's own means",
};

pub(super) struct Parameter;

impl ParameterRule for Parameter {
    fn apply(&self, key: &ParameterKey, it: &mut Model, cx: &mut Context<'_>) -> Verdict {
        let origin = it.origins().next().unwrap_or_default();
        let answer = cx.rights.parameter_privileges();
        let gone = |role: &Name| !cx.roles.contains_key(role);
        let message = if let Some(why) = answer.why() {
            why.to_owned()
        } else if let Grantee::Role(role) = &key.grantee
            && gone(role)
        {
            format!("{role} is not carried over")
        } else if let Some(role) = key.grantor.as_ref().filter(|role| gone(role)) {
            format!("its grantor {role} is not carried over")
        } else {
            return Verdict::Keep;
        };
        cx.report(&ABOUT, Action::Dropped, super::parameter_object(key), origin, message);
        Verdict::Drop
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
