//! Passwords that have expired.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};

/// What it says.
pub const ABOUT: About = About {
    name: "expired",
    severity: Severity::Warning,
    why: "VALID UNTIL lies in the past: the role cannot log in with its password",
    explanation: "VALID UNTIL limits the password, not the role: whoever logs in by a certificate \
                  or a token is not held up by it. Others are told that password authentication \
                  failed, and only the server's log says that the password has expired. The date \
                  is carried over as it is. It often is how somebody was shut out without dropping \
                  the role, so find out before you extend it. \
                  Since 19, whoever logs in is warned in the last 7 days before \
                  (password_expiration_warning_threshold).",
    remedy: "where it should, ALTER ROLE … VALID UNTIL on the target",
};

pub(super) struct Expired;

impl RoleRule for Expired {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if role.has(Attribute::Login)
            && let Some(until) = &role.valid_until
            && until.value.is_before(cx.choices.now)
        {
            let object = Subject::Role(name.clone());
            let message = format!("expired at {}", until.value);
            cx.report(&ABOUT, Action::Kept, object, until.origin, message);
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn is_kept_and_said() {
        let text = "CREATE ROLE a LOGIN PASSWORD NULL VALID UNTIL '1999-01-01 00:00:00+00';\n\
                    CREATE ROLE b LOGIN PASSWORD NULL VALID UNTIL 'infinity';";
        assert_eq!(
            run(text, "azure 16"),
            "1 info no-password kept role a: it has no password on the source either\n\
             1 warning expired kept role a: expired at 1999-01-01 00:00:00+00\n\
             2 info no-password kept role b: it has no password on the source either\n\
             CREATE ROLE a WITH LOGIN VALID UNTIL '1999-01-01 00:00:00+00'\n\
             CREATE ROLE b WITH LOGIN VALID UNTIL 'infinity'\n\
             kept 2, rewritten 0, dropped 0"
        );
    }
}
