//! Roles whose name is a template that nobody has filled in.

use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "template-name",
    severity: Severity::Warning,
    why: "the name looks like a template that was not filled in",
    explanation: "In double quotes every text is a name to PostgreSQL, ${APP_USER} and {{ user }} as well: a script \
                  that is made from a template and replayed before its values are filled in makes roles that are \
                  called so. The role is carried over, since its name may be meant.",
    remedy: "where it is none, fill the template in and convert what it gives, or give the role its name with --rename",
};

pub(super) struct TemplateName;

impl RoleRule for TemplateName {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        const FRAMES: [(&str, &str); 4] = [("${", "}"), ("{{", "}}"), ("{%", "%}"), ("<%", "%>")];
        // Hardly any name has one of the signs.
        if !name.as_str().bytes().any(|byte| matches!(byte, b'{' | b'%')) {
            return Verdict::Keep;
        }
        let is_template = |(open, close): &(&str, &str)| {
            let text = name.as_str();
            text.find(open).is_some_and(|at| text[at + open.len()..].contains(close))
        };
        if FRAMES.iter().any(is_template) {
            let object = Subject::Role(name.clone());
            let message = "a role of this name is created as it stands";
            cx.report(&ABOUT, Action::Kept, object, role.origin(), message);
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn is_told() {
        assert_eq!(
            run("CREATE ROLE \"${APP_USER}\";\nCREATE ROLE \"a{b}c\";", "azure 16"),
            "1 warning template-name kept role ${APP_USER}: a role of this name is created as it stands\n\
             CREATE ROLE \"${APP_USER}\"\nCREATE ROLE \"a{b}c\"\nkept 2, rewritten 0, dropped 0"
        );
    }
}
