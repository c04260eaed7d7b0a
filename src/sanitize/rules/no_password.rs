//! Login roles that arrive without a password.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::changes::Part;
use crate::globals::{Password, Role};
use crate::name::Name;
use crate::sanitize::{About, Context, Passwords, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "no-password",
    severity: Severity::Error,
    why: "login roles arrive without a password",
    explanation: "What a server keeps of a password is its verifier, in pg_authid. Managed servers \
                  mostly do not let their administrators read that: pg_dumpall ends with \
                  `permission denied for table pg_authid`, and with --no-role-passwords it leaves \
                  all verifiers out. The role is then created with LOGIN and without a password, \
                  and whoever tries one is told that `password authentication failed for user \
                  \"…\"`, as if it were wrong.\n\n\
                  It is no error, only information, where the source says that the role has none: by \
                  PASSWORD NULL, or because its pg_authid could be read. That a dump has no \
                  password for a role says nothing, even where it has others: they may have been \
                  added by hand.",
    remedy: "give theirs with --passwords-from, new ones with --passwords generate, or read the \
             source as a role that may read pg_authid",
};

pub(super) const UNSEEN: About = About {
    name: "unseen-password",
    severity: Severity::Error,
    why: "neither side shows a password of the role, which the target has: whether it can log in there is not known",
    explanation: "pg_authid is closed on the source, so that no password is known that could be sent, and on the \
                  target, so that it is not seen whether the role has one. It has none where an earlier copy \
                  created it without: then `password authentication failed for user \"…\"` is all that it gets.",
    remedy: "see that they log in; --passwords generate,resend makes and sends new ones, and --passwords-from with \
             --passwords resend sends the old, with --only for some of the roles",
};

pub(super) const KEPT: About = About {
    name: "kept-password",
    severity: Severity::Info,
    why: "the source does not show the password of the role, and the target has the role: its password there stays",
    explanation: "pg_authid is closed on the source, so that no password is known that could be sent. The role is on \
                  the target already, and keeps what it has there: a password that the target shows, or one that an \
                  earlier run has made and that stands in the password file. Whether it is still that one is not \
                  known where the target does not show its verifiers.",
    remedy: "--passwords generate,resend sets the one of the password file, or a new one, all the same; --only for \
             some of the roles",
};

pub(super) struct NoPassword;

impl RoleRule for NoPassword {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let omitted = matches!(cx.choices.passwords, Passwords::Omit);
        // Where memberships are left out, nothing else tells of another way to log in.
        let external = cx.labelled.contains_key(name)
            || cx.external.contains_key(name) && !cx.choices.skips(Part::Memberships);
        let told = cx.without_password.contains(name);
        if omitted || !role.has(Attribute::Login) || external || told {
            return Verdict::Keep;
        }
        let object = Subject::Role(name.clone());
        let origin = role.origin();
        match &role.password {
            Password::Is(_) => {}
            Password::Unknown if cx.rights.lacks_password(name.as_str()) => {
                let message = "its password is not known, and on the target it has none";
                cx.report(&ABOUT, Action::Kept, object, origin, message);
            }
            Password::Unknown
                if cx.rights.has_role(name.as_str()) && cx.rights.hides_password(name.as_str()) =>
            {
                let is_in_file = matches!(
                    &cx.choices.passwords,
                    Passwords::Generate { earlier, .. } if earlier.contains_key(name)
                );
                // It goes into the file when it has been sent, and nobody knows what became of it since.
                let (about, message) = if is_in_file {
                    let message = "the target does not show whether it still has the one of the password file";
                    (&KEPT, message)
                } else {
                    let message = "its password is not known, and the target does not show whether it \
                                   has one there";
                    (&UNSEEN, message)
                };
                cx.report(about, Action::Kept, object, origin, message);
            }
            Password::Unknown if cx.rights.has_role(name.as_str()) => {
                let message = "what it has on the target stays";
                cx.report(&KEPT, Action::Kept, object, origin, message);
            }
            Password::Unknown => {
                let kind = cx.verifier_kinds.and_then(|kinds| kinds.get(name));
                let message = match kind {
                    Some(kind) => format!("its password is not known, only that it is {kind}"),
                    None => "its password is not known".to_owned(),
                };
                cx.report(&ABOUT, Action::Kept, object, origin, message);
            }
            Password::None(_) => {
                let message = "it has no password on the source either";
                cx.report_as(&ABOUT, Severity::Info, Action::Kept, object, origin, message);
            }
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn unknown_is_worse_than_none() {
        assert_eq!(
            run("CREATE ROLE a LOGIN;\nCREATE ROLE b;", "azure 16"),
            "1 error no-password kept role a: its password is not known\n\
             CREATE ROLE a WITH LOGIN\nCREATE ROLE b\nkept 2, rewritten 0, dropped 0"
        );
        assert_eq!(
            run("CREATE ROLE a LOGIN PASSWORD NULL;\nCREATE ROLE b;", "azure 16"),
            "1 info no-password kept role a: it has no password on the source either\n\
             CREATE ROLE a WITH LOGIN\nCREATE ROLE b\nkept 2, rewritten 0, dropped 0"
        );
    }

    #[test]
    fn the_password_of_one_role_tells_nothing_of_others() {
        let all = run("CREATE ROLE a LOGIN;\nCREATE ROLE b LOGIN PASSWORD 'x';", "azure 16");
        assert!(
            all.contains("1 error no-password kept role a: its password is not known\n"),
            "{all}"
        );
    }
}
