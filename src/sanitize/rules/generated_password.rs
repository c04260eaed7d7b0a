//! `--passwords generate`: a new password where the old one is not known.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Fact, Origin, Password, Role};
use crate::name::Name;
use crate::sanitize::{About, Context, Passwords, RoleRule, Verdict};
use crate::scram;

use super::plain_password::takes_verifiers;

pub(super) const ABOUT: About = About {
    name: "generated-password",
    severity: Severity::Warning,
    why: "the old password could not be read: a new one was made",
    explanation: "Managed servers mostly keep pg_authid closed, and whoever reads them gets no \
                  verifiers: pg_dumpall ends with `permission denied for table pg_authid`. With \
                  --passwords generate, each role that logs in and whose password is not known \
                  gets a random one. It goes into the password file, which has mode 0600 and is in \
                  pgbouncer's format; only its SCRAM-SHA-256 verifier, computed here, goes to the \
                  server, where that is known to take one. With the same file a later run gives the same passwords again. A role \
                  that the target has keeps its password there, unless it is known to have none; with \
                  --passwords generate,resend it gets the new one, too.",
    remedy: "hand the new passwords out; they are in the password file",
};

pub(super) struct GeneratedPassword;

impl RoleRule for GeneratedPassword {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let Passwords::Generate { earlier, replace } = &cx.choices.passwords else {
            return Verdict::Keep;
        };
        // What it has on the target may be what people log in with.
        let has = cx.rights.has_role(name.as_str()) && !cx.rights.lacks_password(name.as_str());
        let kept = has && !replace;
        let needed = role.password == Password::Unknown && role.has(Attribute::Login) && !kept;
        if !needed || cx.is_external(name) || is_service(name, cx) {
            return Verdict::Keep;
        }
        let (password, message) = match earlier.get(name) {
            Some(password) => (password.clone(), "its password is the one in the password file"),
            None => (scram::generate(), "a new password was made"),
        };
        let sent =
            if takes_verifiers(cx) { cx.seed.verifier(name, &password) } else { password.clone() };
        role.password = Password::Is(Fact::new(sent, Origin::LIVE));
        cx.generated.insert(name.clone(), password);
        let object = Subject::Role(name.clone());
        cx.report(&ABOUT, Action::Rewritten, object, role.origin(), message);
        Verdict::Keep
    }
}

/// Whether it may be a login of a platform's services.
fn is_service(name: &Name, cx: &Context<'_>) -> bool {
    cx.suspects.iter().any(|platform| platform.is_own(name.as_str()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::sanitize::testing::run_with;
    use crate::sanitize::{Choices, Passwords};

    #[test]
    fn only_where_the_password_is_unknown() {
        let passwords = Passwords::Generate { earlier: BTreeMap::default(), replace: false };
        let choices = Choices { passwords, ..Choices::default() };
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_iam;\nCREATE ROLE a LOGIN;\n\
                    CREATE ROLE b LOGIN;\nCREATE ROLE c;\nGRANT rds_iam TO b;";
        let all = run_with(text, "azure 16", &choices);
        // Salt and keys come from a random password.
        let (before, verifier) = all.split_once("SCRAM-SHA-256$4096:").unwrap();
        let (verifier, after) = verifier.split_once('\'').unwrap();
        assert_eq!(verifier.len(), 24 + 1 + 44 + 1 + 44, "{verifier}");
        assert_eq!(
            format!("{before}…'{after}"),
            "3 warning generated-password rewritten role a: a new password was made\n\
            2 info platform-role dropped role rds_iam: aurora's own\n\
            1 info platform-role dropped role rdsadmin: aurora's own\n\
            6 error external-authentication dropped membership b in rds_iam: b logs in with an IAM token of AWS instead of a password\n\
            CREATE ROLE a WITH LOGIN PASSWORD '…'\nCREATE ROLE b WITH LOGIN\nCREATE ROLE c\n\
            kept 3, rewritten 0, dropped 3"
        );
    }
}
