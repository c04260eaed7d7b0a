//! Verifiers that the target does not take, or takes under a condition.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Password, Role};
use crate::name::Name;
use crate::platform::Answer;
use crate::sanitize::{About, Context, RoleRule, Verdict};
use crate::secret::VerifierKind;
use crate::version::Major;

/// What it says.
pub const MD5: About = About {
    name: "md5-verifier",
    severity: Severity::Error,
    why: "md5 verifiers are deprecated, and not every server accepts them",
    explanation: "Every version stores md5 verifiers; 18 warns of `setting an MD5-encrypted \
                  password`. Whether the role can log in is decided by the server's rules: where \
                  pg_hba.conf asks for scram-sha-256, or azure.accepted_password_auth_method on \
                  Azure does not list md5, it cannot, as if its password were wrong. Nobody can \
                  make a SCRAM verifier out of an md5 one without the password itself; psql's \
                  \\password sets a password anew without showing it to the server.\n\n\
                  Where the target takes it, the verifier is carried over and this is a warning. \
                  Where it does not, or that is not confirmed, the verifier is left out and this \
                  is an error. A password that the role gets on the target is not undone by a later \
                  copy (finding weaker-verifier).",
    remedy: "set a new password, which the server stores as SCRAM-SHA-256",
};

pub(super) const SCRAM: About = About {
    name: "scram-verifier",
    severity: Severity::Error,
    why: "the target is not known to accept verifiers made elsewhere",
    explanation: "To PostgreSQL a SCRAM-SHA-256 verifier fits every server since 10. But a \
                  platform can check passwords when they are set, and refuse what it cannot check: \
                  the extension credcheck, which Azure offers, takes no verifier unless \
                  credcheck.encrypted_password_allowed is on. For this platform nothing confirms \
                  that a verifier is stored as it is given, so that scripts leave it out.\n\n\
                  Try it with one role. Where it works, say so in a file of your own for \
                  --platform: pg_globals platforms NAME prints the one to start from.",
    remedy: "new ones with --passwords generate; or, where the target takes verifiers, say so in a file for \
             --platform",
};

/// The first version that calls md5 verifiers deprecated.
const DEPRECATED: Major = Major::new(18);

const DEPRECATION: &str = "deprecated since 18, which warns where one is set; 19 warns at each login, and a later \
                           version will take none";

pub(super) struct Verifier;

impl RoleRule for Verifier {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let Password::Is(fact) = &role.password else { return Verdict::Keep };
        let origin = fact.origin;
        let kind = fact.value.kind();
        if kind == VerifierKind::Plaintext {
            return Verdict::Keep;
        }
        let about = if kind == VerifierKind::Md5 { &MD5 } else { &SCRAM };
        let object = || Subject::Role(name.clone());
        let message = match cx.rights.verifier(kind) {
            Answer::Yes => {
                let note = cx.rights.verifier_note(kind).map(str::to_owned);
                let deprecated = (cx.rights.major() >= DEPRECATED).then(|| DEPRECATION.to_owned());
                if kind == VerifierKind::Md5
                    && let Some(note) = note.or(deprecated)
                {
                    let severity = Severity::Warning;
                    cx.report_as(about, severity, Action::Kept, object(), origin, note);
                }
                return Verdict::Keep;
            }
            Answer::No(why) => format!("arrives without its password: {why}"),
            Answer::Unconfirmed(why) => {
                format!("arrives without its password: not confirmed for {}, {why}", cx.target())
            }
        };
        role.password = Password::Unknown;
        cx.lose([origin]);
        cx.without_password.insert(name.clone());
        cx.report(about, Action::Rewritten, object(), origin, message);
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn azure_takes_md5_under_a_condition() {
        let md5 = format!("md5{}", "0".repeat(32));
        assert_eq!(
            run(&format!("CREATE ROLE a LOGIN PASSWORD '{md5}';"), "azure 16"),
            format!(
                "1 warning md5-verifier kept role a: the role can log in only while \
                 azure.accepted_password_auth_method lists md5\n\
                 CREATE ROLE a WITH LOGIN PASSWORD '{md5}'\n\
                 kept 1, rewritten 0, dropped 0"
            )
        );
    }

    #[test]
    fn md5_is_deprecated_since_18() {
        let md5 = format!("md5{}", "0".repeat(32));
        let dump = format!("CREATE ROLE a LOGIN PASSWORD '{md5}';");
        let rest = run(&dump, "postgres 17");
        assert!(rest.starts_with("CREATE ROLE a WITH LOGIN"), "{rest}");
        assert_eq!(
            run(&dump, "postgres 18"),
            format!(
                "1 warning md5-verifier kept role a: deprecated since 18, which warns where one is set; 19 \
                 warns at each login, and a later version will take none\n{rest}"
            )
        );
    }

    #[test]
    fn what_is_not_confirmed_is_not_written() {
        let md5 = format!("md5{}", "0".repeat(32));
        assert_eq!(
            run(&format!("CREATE ROLE a LOGIN PASSWORD '{md5}';"), "supabase 16"),
            "1 error md5-verifier rewritten role a: arrives without its password: not confirmed for supabase 16, \
            nothing confirms that Supabase stores a verifier as it is given\n\
            CREATE ROLE a WITH LOGIN\nkept 0, rewritten 1, dropped 0"
        );
    }
}
