//! Names that only look like those of the source's platform.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::Role;
use crate::name::Name;
use crate::platform::Ownership;
use crate::sanitize::{About, Context, RoleRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "lookalike",
    severity: Severity::Warning,
    why: "the name looks like one of the platform's own, but is not known to be one",
    explanation: "A platform's names follow a pattern, such as rds_*, and customers use such names \
                  all the same: rds_master can be a login of yours. A role that only matches the \
                  pattern is therefore kept where it can log in, since leaving it out would lock \
                  somebody out. One that cannot log in is left out, since it is probably a role of \
                  the platform that is not known here yet.\n\n\
                  Where the tool is wrong, --exclude leaves a role out, and --rename carries one \
                  over under a name that matches no pattern.",
    remedy: "where it is the platform's, leave it out with --exclude",
};

pub(super) struct Lookalike;

impl RoleRule for Lookalike {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        let Some(source) = cx.source else { return Verdict::Keep };
        let Some(Ownership::Pattern(pattern)) = source.owns(name.as_str()) else {
            return Verdict::Keep;
        };
        let object = Subject::Role(name.clone());
        let platform = source.name();
        if role.has(Attribute::Login) {
            let message =
                format!("it can log in and is kept, though {pattern} is {platform}'s pattern");
            cx.report(&ABOUT, Action::Kept, object, role.origin(), message);
            Verdict::Keep
        } else {
            let message = format!("it matches {platform}'s pattern {pattern} and cannot log in");
            cx.report(&ABOUT, Action::Dropped, object, role.origin(), message);
            Verdict::Drop
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn a_customers_login_is_kept() {
        let text = "CREATE ROLE rdsadmin SUPERUSER;\nCREATE ROLE rds_master LOGIN PASSWORD NULL;\nCREATE ROLE rds_new;";
        assert_eq!(
            run(text, "azure 16"),
            "2 warning lookalike kept role rds_master: it can log in and is kept, though rds_* is aurora's pattern\n\
             2 info no-password kept role rds_master: it has no password on the source either\n\
             3 warning lookalike dropped role rds_new: it matches aurora's pattern rds_* and cannot log in\n\
             1 info platform-role dropped role rdsadmin: aurora's own\n\
             CREATE ROLE rds_master WITH LOGIN\nkept 1, rewritten 0, dropped 2"
        );
    }
}
