//! Settings whose value is a role.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "role-setting",
    severity: Severity::Warning,
    why: "every session of the role would begin as a role that is not carried over",
    explanation: "ALTER ROLE … SET role makes each session of one role begin as another. Where the \
                  other is missing, sessions begin all the same, with the warning `role \"…\" does \
                  not exist`, and what they create belongs to the wrong owner. So the setting is \
                  left out, and sessions begin as the role itself. Where the other role is on the \
                  target under another name, set it to that.",
    remedy: "set it to a role that the target has",
};

pub(super) struct RoleSetting;

impl SettingRule for RoleSetting {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if !key.name.is("role") && !key.name.is("session_authorization") {
            return Verdict::Keep;
        }
        let roles = setting.value.parts().filter(|role| !matches!(*role, "none" | "default"));
        let lost = roles.map(crate::name::Name::new).find_map(|role| cx.missing(&role));
        let Some(message) = lost else { return Verdict::Keep };
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn needs_a_role_that_stays() {
        let text = "CREATE ROLE a;\nCREATE ROLE b;\nALTER ROLE a SET role TO 'b';\nALTER ROLE b SET role TO 'ghost';";
        assert_eq!(
            run(text, "azure 16"),
            "4 warning role-setting dropped setting b: role: there is no role ghost here\n\
             CREATE ROLE a\nCREATE ROLE b\nALTER ROLE a SET role TO 'b'\nkept 3, rewritten 0, dropped 1"
        );
    }
}
