//! `--passwords omit`.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Password, Role};
use crate::name::Name;
use crate::sanitize::{About, Context, Passwords, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "omitted-password",
    severity: Severity::Warning,
    why: "passwords are left out by --passwords omit",
    explanation: "The roles are created without a password, and nobody can log in as one of them \
                  with a password until one is set. On a target that has a role already, the \
                  password that it has there stays. --passwords keep, which is the default, \
                  carries the verifiers over, so that everybody goes on with the old password.",
    remedy: "set new ones on the target",
};

pub(super) struct OmittedPassword;

impl RoleRule for OmittedPassword {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if let Passwords::Omit = cx.choices.passwords
            && let Password::Is(fact) = &role.password
        {
            let origin = fact.origin;
            role.password = Password::Unknown;
            cx.lose([origin]);
            let object = Subject::Role(name.clone());
            cx.report(&ABOUT, Action::Rewritten, object, origin, "arrives without its password");
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run_with;
    use crate::sanitize::{Choices, Passwords};

    #[test]
    fn is_said_of_each_role() {
        let choices = Choices { passwords: Passwords::Omit, ..Choices::default() };
        let md5 = format!("md5{}", "0".repeat(32));
        assert_eq!(
            run_with(&format!("CREATE ROLE a LOGIN PASSWORD '{md5}';"), "azure 16", &choices),
            "1 warning omitted-password rewritten role a: arrives without its password\n\
             CREATE ROLE a WITH LOGIN\nkept 0, rewritten 1, dropped 0"
        );
    }
}
