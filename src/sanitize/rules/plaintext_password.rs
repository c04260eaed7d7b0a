//! Plaintext passwords, which servers before 10 could store.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Fact, Password, Role};
use crate::name::Name;
use crate::sanitize::{About, Context, RoleRule, Verdict};
use crate::secret::VerifierKind;

use super::plain_password::takes_verifiers;

pub(super) const ABOUT: About = About {
    name: "plaintext-password",
    severity: Severity::Warning,
    why: "the source has the password as plaintext",
    explanation: "Servers before 10 could store passwords as they were typed, and scripts written \
                  by hand have them still. A server would compute the verifier itself, but until \
                  then the password would stand in the script, in the statement and perhaps in the \
                  log. The verifier that is computed here instead belongs to the same password, so \
                  that nobody needs a new one. A client whose driver is too old for SCRAM cannot \
                  log in with it.\n\n\
                  Where the target is not known to take verifiers, the password goes as it is (finding \
                  plain-password).",
    remedy: "keep the source, and dumps of it, as safe as the password itself; set a new one in the end",
};

pub(super) struct PlaintextPassword;

impl RoleRule for PlaintextPassword {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if let Password::Is(fact) = &role.password
            && fact.value.kind() == VerifierKind::Plaintext
        {
            let origin = fact.origin;
            let object = Subject::Role(name.clone());
            if !takes_verifiers(cx) {
                let message = "its plaintext password goes as it is";
                cx.report(&ABOUT, Action::Kept, object, origin, message);
                return Verdict::Keep;
            }
            role.password = Password::Is(Fact::new(cx.seed.verifier(name, &fact.value), origin));
            cx.change(origin);
            let message = "its plaintext password becomes a verifier";
            cx.report(&ABOUT, Action::Rewritten, object, origin, message);
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn no_plaintext_is_written() {
        let all = run("CREATE ROLE a LOGIN PASSWORD 'hunter2';", "azure 16");
        let finding = "1 warning plaintext-password rewritten role a: its plaintext password becomes a verifier\n";
        assert!(all.starts_with(finding), "{all}");
        assert!(all.contains("CREATE ROLE a WITH LOGIN PASSWORD 'SCRAM-SHA-256$4096:"), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
    }

    #[test]
    fn it_goes_as_it_is_where_verifiers_are_not_known_to_be_taken() {
        assert_eq!(
            run("CREATE ROLE a LOGIN PASSWORD 'hunter2';", "cloudsql 16"),
            "0 warning plain-password kept statement PASSWORD: not confirmed for cloudsql 16, nothing confirms \
             that Cloud SQL stores a verifier as it is given\n\
             1 warning plaintext-password kept role a: its plaintext password goes as it is\n\
             CREATE ROLE a WITH LOGIN PASSWORD 'hunter2'\nkept 1, rewritten 0, dropped 0"
        );
    }
}
