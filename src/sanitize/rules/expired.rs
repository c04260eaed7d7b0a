//! Passwords that have expired.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};
use crate::version::Major;

/// What it says.
pub const ABOUT: About = About {
    name: "expired",
    severity: Severity::Warning,
    why: "VALID UNTIL lies in the past: the role cannot log in with its password",
    explanation: "VALID UNTIL limits the password, not the role: whoever logs in by a certificate \
                  or a token is not held up by it. Others are told that password authentication \
                  failed, and only the server's log says that the password has expired. The date \
                  is carried over as it is. It often is how somebody was shut out without dropping \
                  the role, so find out before you extend it.",
    remedy: "where it should, ALTER ROLE … VALID UNTIL on the target",
};

/// What it says of those that will soon.
pub const SOON: About = About {
    name: "expires-soon",
    severity: Severity::Info,
    why: "VALID UNTIL is near, and since 19 the server warns at each login",
    explanation: "Since 19, whoever logs in with a password is warned in the last 7 days before VALID UNTIL \
                  (password_expiration_warning_threshold). Programs may show the warning, or take it \
                  for a failure.",
    remedy: "ALTER ROLE … VALID UNTIL on the target, or another password_expiration_warning_threshold there",
};

/// The first version that warns.
const WARNS: Major = Major::new(19);

/// How long before, in seconds.
const THRESHOLD: i64 = 7 * 24 * 60 * 60;

pub(super) struct Expired;

impl RoleRule for Expired {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let Some(until) = role.valid_until.as_ref().filter(|_| role.has(Attribute::Login)) else {
            return Verdict::Keep;
        };
        let now = cx.choices.now;
        let (about, verb) = if until.value.is_before(now) {
            (&ABOUT, "expired")
        } else if cx.rights.major() >= WARNS && until.value.is_before(now.saturating_add(THRESHOLD))
        {
            (&SOON, "expires")
        } else {
            return Verdict::Keep;
        };
        let message = format!("{verb} at {}", until.value);
        cx.report(about, Action::Kept, Subject::Role(name.clone()), until.origin, message);
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

    #[test]
    fn that_it_is_near_is_said_for_19() {
        // It is 22:13:20 on 2023-11-14.
        let text = "CREATE ROLE a LOGIN VALID UNTIL '2023-11-21 22:13:19+00';\n\
                    CREATE ROLE b LOGIN VALID UNTIL '2023-11-21 22:13:20+00';\n\
                    CREATE ROLE c VALID UNTIL '2023-11-15 00:00:00+00';";
        let said = |target| run(text, target).contains("expires-soon");
        assert!(!said("postgres 18"));
        let said = run(text, "postgres 19");
        let lines: Vec<_> = said.split('\n').filter(|line| line.contains("expire")).collect();
        assert_eq!(lines, ["1 info expires-soon kept role a: expires at 2023-11-21 22:13:19+00"]);
    }
}
