//! Tablespaces, which managed servers do not take.

use super::selection;
use crate::finding::{Action, Kind, Severity};
use crate::globals::Tablespace as Model;
use crate::name::Name;
use crate::sanitize::{About, Context, TablespaceRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "tablespace",
    severity: Severity::Warning,
    why: "the target does not take tablespaces of one's own",
    explanation: "PostgreSQL says `permission denied to create tablespace \"…\"`, with the hint \
                  `Must be superuser to create a tablespace`. A tablespace is a directory on the \
                  server's machine, which a managed server does not show; Azure's documentation \
                  does not support creating one. Restored without --no-tablespaces, each object in \
                  it is an error of its own; with it, all goes to the default one. Where the \
                  target takes tablespaces, this is about an owner or a privilege that names a \
                  role that stays behind.",
    remedy: "restore with --no-tablespaces: everything goes into the default tablespace",
};

pub(super) struct Tablespace;

impl TablespaceRule for Tablespace {
    fn apply(&self, name: &Name, it: &mut Model, cx: &mut Context<'_>) -> Verdict {
        let object = || (Kind::Tablespace, name.as_str().to_owned());
        let origin = it.created.origin;
        if let Some(source) = cx.source.filter(|source| source.owns_tablespace(name.as_str())) {
            let message = format!("{}'s own", source.name());
            cx.report_as(&ABOUT, Severity::Info, Action::Dropped, object(), origin, message);
            return Verdict::Drop;
        }
        let answer = cx.rights.tablespaces();
        if let Some(why) = answer.why() {
            cx.report(&ABOUT, Action::Dropped, object(), origin, why);
            return Verdict::Drop;
        }
        if let Some(owner) = it.owner.take_if(|owner| !cx.roles.contains_key(&owner.value)) {
            // A tablespace without a stated owner belongs to the role that replays the script.
            cx.change(owner.origin);
            let message = format!("its owner {} is not carried over", owner.value);
            cx.report(&ABOUT, Action::Rewritten, object(), owner.origin, message);
        }
        it.grants.retain(|(to, by), fact| {
            let gone = |role: &&Name| !cx.roles.contains_key(*role);
            let Some(role) = to.role().into_iter().chain(by).find(gone) else { return true };
            let (about, why) = if selection::is_left_out(role, cx) {
                (&selection::ABOUT, "selected")
            } else {
                (&ABOUT, "carried over")
            };
            cx.lose([fact.origin]);
            let message = format!("a privilege to or from a role that is not {why}");
            cx.report(about, Action::Rewritten, object(), fact.origin, message);
            false
        });
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn goes_with_all_that_is_on_it() {
        let text = "CREATE ROLE a;\nCREATE TABLESPACE t OWNER a LOCATION '/t';\nGRANT ALL ON TABLESPACE t TO PUBLIC;\n\
                    COMMENT ON TABLESPACE t IS 'x';";
        assert_eq!(
            run(text, "azure 16"),
            "2 warning tablespace dropped tablespace t: Azure does not support the creation of tablespaces\n\
             3 warning tablespace dropped tablespace t: Azure does not support the creation of tablespaces\n\
             4 warning tablespace dropped tablespace t: Azure does not support the creation of tablespaces\n\
             CREATE ROLE a\nkept 1, rewritten 0, dropped 3"
        );
        assert_eq!(
            run(text, "postgres 16"),
            "CREATE ROLE a\nCREATE TABLESPACE t OWNER a LOCATION '/t'\nGRANT CREATE ON TABLESPACE t TO PUBLIC\n\
             COMMENT ON TABLESPACE t IS 'x'\nkept 4, rewritten 0, dropped 0"
        );
    }
}
