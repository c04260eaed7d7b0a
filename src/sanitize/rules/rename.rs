//! `--rename`.

use crate::finding::{Action, Severity, Subject};
use crate::globals::{Globals, Password};
use crate::sanitize::{About, Context};
use crate::secret::VerifierKind;

pub(super) const ABOUT: About = About {
    name: "rename",
    severity: Severity::Info,
    why: "renamed by --rename",
    explanation: "Everything in the globals that names the role gets its new name: memberships, \
                  grantors, settings, comments, and settings of other roles that begin their \
                  sessions as it. What is inside the databases is not among the globals. A dump of \
                  a database goes on naming the old role as owner and grantee, and restoring it \
                  says `role \"…\" does not exist`, unless that dump is changed too.\n\n\
                  A SCRAM-SHA-256 password works under the new name as before.",
    remedy: "",
};

pub(super) const MD5: About = About {
    name: "rename-md5",
    severity: Severity::Error,
    why: "an md5 verifier is salted with the role's name, and does not survive a new one",
    explanation: "An md5 verifier is a digest of the password and the name together, so that under \
                  another name it fits no password at all. A server that renames a role clears it \
                  for that reason: `MD5 password cleared because of role rename`. The verifier is \
                  left out and the role arrives without a password. A SCRAM-SHA-256 verifier has a \
                  salt of its own instead, and stays.",
    remedy: "set a new password, or give one with --passwords-from or --passwords generate",
};

/// Gives roles their new names, all at once: two may swap theirs.
pub(in crate::sanitize) fn rename(globals: &mut Globals, cx: &mut Context<'_>) {
    let choices = cx.choices;
    for origin in globals.rename_all(&choices.rename) {
        cx.change(origin);
    }
    for (from, to) in &choices.rename {
        let Some(role) = globals.roles.get_mut(to) else { continue };
        for origin in role.origins() {
            cx.change(origin);
        }
        let object = || Subject::Role(to.clone());
        let message = format!("was {from} on the source");
        cx.report(&ABOUT, Action::Rewritten, object(), role.origin(), message);
        if let Password::Is(fact) = &role.password
            && fact.value.kind() == VerifierKind::Md5
        {
            let origin = fact.origin;
            role.password = Password::Unknown;
            cx.lose([origin]);
            let message = "its md5 password is gone with its old name";
            cx.report(&MD5, Action::Dropped, object(), origin, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::name::Name;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::run_with;

    #[test]
    fn sessions_begin_as_the_renamed_role() {
        let rename = [(Name::new("a"), Name::new("c"))].into_iter().collect();
        let choices = Choices { rename, ..Choices::default() };
        let text = "CREATE ROLE a;\nCREATE ROLE b;\nALTER ROLE b SET role TO 'a';\n\
                    ALTER ROLE b SET session_authorization TO 'a';";
        assert_eq!(
            run_with(text, "postgres 16", &choices),
            "1 info rename rewritten role c: was a on the source\n\
             CREATE ROLE b\nCREATE ROLE c\nALTER ROLE b SET session_authorization TO 'c'\n\
             ALTER ROLE b SET role TO 'c'\nkept 1, rewritten 3, dropped 0"
        );
    }

    #[test]
    fn names_can_be_swapped_and_md5_is_lost() {
        let rename = [("a", "b"), ("b", "a")].map(|(from, to)| (Name::new(from), Name::new(to)));
        let choices = Choices { rename: rename.into_iter().collect(), ..Choices::default() };
        let md5 = format!("md5{}", "0".repeat(32));
        let text = format!(
            "CREATE ROLE a PASSWORD '{md5}';\nCREATE ROLE b;\nGRANT a TO b;\nALTER ROLE b SET role TO 'a';"
        );
        assert_eq!(
            run_with(&text, "azure 16", &choices),
            "1 info rename rewritten role b: was a on the source\n\
             1 error rename-md5 dropped role b: its md5 password is gone with its old name\n\
             2 info rename rewritten role a: was b on the source\n\
             CREATE ROLE a\nCREATE ROLE b\nGRANT b TO a\nALTER ROLE a SET role TO 'b'\n\
             kept 1, rewritten 3, dropped 0"
        );
    }
}
