//! `--passwords-from`: verifiers from elsewhere, for roles that have none here.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Fact, Globals, Origin, Password};
use crate::platform::Answer;
use crate::sanitize::{About, Context};
use crate::secret::{Secret, VerifierKind};

use super::masked_password;
use super::plain_password::takes_verifiers;

pub(super) const ABOUT: About = About {
    name: "passwords-from",
    severity: Severity::Info,
    why: "passwords were taken from the file of --passwords-from",
    explanation: "The file is a userlist.txt of pgbouncer or a dump that shows passwords, and it \
                  names roles as the source does, before any --rename. Verifiers are taken as they \
                  are. Of a plaintext password the SCRAM-SHA-256 verifier is computed here, and \
                  only that leaves this machine. Only roles whose password is not known otherwise, or does not come to the target \
                  (an md5 verifier of a role that is renamed, a verifier that the target does not take), \
                  are given one: what the source itself shows counts more.",
    remedy: "",
};

pub(super) const UNUSED: About = About {
    name: "passwords-from-unused",
    severity: Severity::Info,
    why: "passwords of the file of --passwords-from that were not needed",
    explanation: "Either the source has no role of that name, or the role has a password there \
                  already, which stays, or the file itself has none for it. The first may be a typing error: a name counts as it is \
                  stored, with its capitals and without SQL's double quotes. Nothing was done with \
                  these lines of the file.",
    remedy: "",
};

pub(in crate::sanitize) fn passwords_from(globals: &mut Globals, cx: &mut Context<'_>) {
    let choices = cx.choices;
    for (name, secret) in &choices.passwords_from {
        let object = Subject::Role(name.clone());
        let Some(role) = globals.roles.get_mut(name) else {
            let message = "it is not among the roles here";
            cx.report(&UNUSED, Action::Dropped, object, Origin::LIVE, message);
            continue;
        };
        if secret.expose().is_empty() {
            let message = "the file names it without a password";
            cx.report(&UNUSED, Action::Dropped, object, role.origin(), message);
            continue;
        }
        if let Password::Is(fact) = &role.password
            && is_as_good_as_none(&fact.value, choices.rename.contains_key(name), cx)
        {
            cx.lose([fact.origin]);
            role.password = Password::Unknown;
        }
        if matches!(role.password, Password::Is(_)) {
            let message = "it has a password here already, which stays";
            cx.report(&UNUSED, Action::Dropped, object, role.origin(), message);
            continue;
        }
        let (secret, message) = match secret.kind() {
            // These two are told of by the rules that leave them out.
            VerifierKind::Malformed => (secret.clone(), None),
            VerifierKind::Plaintext if masked_password::kind(secret.expose()).is_some() => {
                (secret.clone(), None)
            }
            VerifierKind::Plaintext if takes_verifiers(cx) => (
                cx.seed.verifier(name, secret),
                Some("a plaintext password: its SCRAM-SHA-256 verifier is computed here"),
            ),
            VerifierKind::Plaintext => (secret.clone(), Some("a plaintext password")),
            VerifierKind::ScramSha256 => (secret.clone(), Some("a SCRAM-SHA-256 verifier")),
            VerifierKind::Md5 => (secret.clone(), Some("an md5 verifier")),
        };
        if let Password::None(fact) = &role.password {
            cx.lose([fact.origin]);
        }
        let origin = role.origin();
        role.password = Password::Is(Fact::new(secret, Origin::LIVE));
        if let Some(message) = message {
            cx.report(&ABOUT, Action::Rewritten, object, origin, message);
        }
    }
}

/// Whether it does not come to the target: the server would take it for a plaintext password, the target takes
/// no such verifier, or it is gone with the role's name.
fn is_as_good_as_none(secret: &Secret, renamed: bool, cx: &Context<'_>) -> bool {
    match secret.kind() {
        VerifierKind::Malformed => true,
        VerifierKind::Plaintext => masked_password::kind(secret.expose()).is_some(),
        VerifierKind::Md5 if renamed => true,
        kind @ (VerifierKind::Md5 | VerifierKind::ScramSha256) => {
            !matches!(cx.rights.verifier(kind), Answer::Yes)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::name::Name;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::run_with;
    use crate::secret::Secret;

    /// Of what the target does not take, the file's counts.
    #[test]
    fn fills_what_does_not_come() {
        let md5 = format!("md5{}", "0".repeat(32));
        let passwords_from =
            ["a", "b"].map(|name| (Name::new(name), Secret::new("secretpw1"))).into();
        let rename = [(Name::new("a"), Name::new("n"))].into_iter().collect();
        let choices = Choices { rename, passwords_from, ..Choices::default() };
        let text =
            format!("CREATE ROLE a LOGIN PASSWORD '{md5}';\nCREATE ROLE b LOGIN PASSWORD '{md5}';");
        let all = run_with(&text, "postgres 16", &choices);
        assert!(all.contains("CREATE ROLE n WITH LOGIN PASSWORD 'SCRAM-SHA-256$"), "{all}");
        assert!(!all.contains("rename-md5"), "{all}");
        assert!(all.contains("passwords-from-unused dropped role b: it has a password"), "{all}");
        let all = run_with(&text, "supabase 17", &choices);
        assert!(!all.contains("md5-verifier") && !all.contains("passwords-from-unused"), "{all}");
        assert!(!all.contains("arrives without its password"), "{all}");
    }

    #[test]
    fn fills_what_is_missing_and_nothing_else() {
        let md5 = |digit: &str| format!("md5{}", digit.repeat(32));
        let from = [("a", md5("1")), ("b", md5("2")), ("c", md5("3"))];
        let passwords_from = from.map(|(name, text)| (Name::new(name), Secret::new(&text))).into();
        let choices = Choices { passwords_from, ..Choices::default() };
        let text = format!("CREATE ROLE a LOGIN;\nCREATE ROLE b LOGIN PASSWORD '{}';", md5("0"));
        let all = run_with(&text, "postgres 16", &choices);
        assert_eq!(
            all,
            format!(
                "1 info passwords-from rewritten role a: an md5 verifier\n\
                 2 info passwords-from-unused dropped role b: it has a password here already, which stays\n\
                 0 info passwords-from-unused dropped role c: it is not among the roles here\n\
                 CREATE ROLE a WITH LOGIN PASSWORD '{}'\n\
                 CREATE ROLE b WITH LOGIN PASSWORD '{}'\n\
                 kept 2, rewritten 0, dropped 0",
                md5("1"),
                md5("0")
            )
        );
    }
}
