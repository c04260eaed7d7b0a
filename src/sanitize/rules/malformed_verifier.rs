//! Verifiers that the server would store as plaintext passwords.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Password, Role};
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};
use crate::secret::VerifierKind;

pub(super) const ABOUT: About = About {
    name: "malformed-verifier",
    severity: Severity::Error,
    why: "the password looks like a verifier and is none: the server would take the text itself for \
          the password",
    explanation: "A server knows a verifier by its form: md5 and 32 hexadecimal digits in lower \
                  case, or SCRAM-SHA-256$ with iterations, salt and two keys. All else it takes \
                  for a plaintext password, without a word: the old password would fail, and the \
                  damaged text itself would be the new one. Verifiers are damaged by editors, \
                  spreadsheets, terminals that cut lines, and shells that expand the $ in them: \
                  `$4096` and `$K…` are gone then, and SCRAM-SHA-256096:… is left. Whatever begins \
                  like a verifier and is none is left out, and the role arrives without a password.",
    remedy: "give the right one with --passwords-from, or a new password with --passwords generate",
};

pub(super) struct MalformedVerifier;

impl RoleRule for MalformedVerifier {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if let Password::Is(fact) = &role.password
            && fact.value.kind() == VerifierKind::Malformed
        {
            let origin = fact.origin;
            role.password = Password::Unknown;
            cx.lose([origin]);
            cx.without_password.insert(name.clone());
            let object = Subject::Role(name.clone());
            let message = "its verifier is malformed and left out";
            cx.report(&ABOUT, Action::Rewritten, object, origin, message);
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn what_a_shell_leaves_of_one_is_none() {
        for text in ["SCRAM-SHA-256096:a==s0a=:T=", "SCRAM-SHA-256:a==:T=", "md50123456789abcdef"] {
            let all = run(&format!("CREATE ROLE a LOGIN PASSWORD '{text}';"), "azure 16");
            assert!(all.contains("1 error malformed-verifier"), "{all}");
            assert!(all.contains("CREATE ROLE a WITH LOGIN\n"), "{all}");
        }
    }

    #[test]
    fn is_left_out() {
        assert_eq!(
            run("CREATE ROLE a LOGIN PASSWORD 'SCRAM-SHA-256$junk';", "postgres 16"),
            "1 error malformed-verifier rewritten role a: its verifier is malformed and left out\n\
             CREATE ROLE a WITH LOGIN\nkept 0, rewritten 1, dropped 0"
        );
    }
}
