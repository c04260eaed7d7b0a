//! Tablespaces, which managed servers do not take.

use std::collections::btree_map::Entry;

use super::selection;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{Fact, Grantee, Tablespace as Model};
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
        let object = || Subject::Tablespace(name.clone());
        let origin = it.created.origin;
        if let Some(source) = cx.source.filter(|source| source.owns_tablespace(name.as_str())) {
            let message = format!("{}'s own", source.name());
            cx.report_as(&ABOUT, Severity::Info, Action::Dropped, object(), origin, message);
            return Verdict::Drop;
        }
        if let Some(why) = cx.rights.line_breaks(name.as_str()) {
            cx.report_as(&ABOUT, Severity::Error, Action::Dropped, object(), origin, why);
            return Verdict::Drop;
        }
        let answer = cx.rights.tablespaces();
        if !answer.is_yes() && cx.rights.has_tablespace(name.as_str()) {
            let message = "the target has one of this name, which stays as it is";
            cx.report(&ABOUT, Action::Dropped, object(), origin, message);
            return Verdict::Drop;
        }
        if let Some(why) = answer.why() {
            cx.report(&ABOUT, Action::Dropped, object(), origin, why);
            return Verdict::Drop;
        }
        let missing = it.owner.as_ref().and_then(|owner| cx.missing(&owner.value));
        if let Some(why) = missing
            && let Some(owner) = it.owner.take()
        {
            // A tablespace without a stated owner belongs to the role that replays the script.
            cx.change(owner.origin);
            let message = if cx.rights.has_tablespace(name.as_str()) {
                format!("its owner on the target stays: {why}")
            } else {
                format!("its owner becomes the role that replays it: {why}")
            };
            cx.report(&ABOUT, Action::Rewritten, object(), owner.origin, message);
        }
        for ((to, by), fact) in std::mem::take(&mut it.grants) {
            if let Some((role, why)) = to.role().and_then(|role| Some((role, cx.missing(role)?))) {
                cx.lose([fact.origin]);
                let (about, why) = reason(role, why, cx);
                let message = format!("a privilege is left out: {why}");
                cx.report(about, Action::Rewritten, object(), fact.origin, message);
                continue;
            }
            let gone = by.as_ref().and_then(|role| Some((role, cx.missing(role)?)));
            if let Some((role, why)) = gone {
                // Whoever granted it, the grantee had it.
                cx.change(fact.origin);
                let (about, why) = reason(role, why, cx);
                let message = format!("the grantor of a privilege becomes the owner: {why}");
                cx.report(about, Action::Rewritten, object(), fact.origin, message);
            }
            give(name, it, (to, by.filter(|by| cx.missing(by).is_none())), fact, cx);
        }
        Verdict::Keep
    }
}

/// Adds a privilege, which another grantor may have given, too.
pub(super) fn give(
    name: &Name,
    it: &mut Model,
    key: (Grantee, Option<Name>),
    fact: Fact<bool>,
    cx: &mut Context<'_>,
) {
    match it.grants.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(fact);
        }
        Entry::Occupied(mut entry) => {
            let had = *entry.get();
            let (kept, lost) = if fact.value && !had.value { (fact, had) } else { (had, fact) };
            entry.insert(kept);
            cx.lose([lost.origin]);
            let message = "another grant of the same privilege says as much";
            let object = Subject::Tablespace(name.clone());
            cx.report_as(&ABOUT, Severity::Info, Action::Dropped, object, lost.origin, message);
        }
    }
}

/// Why a role that a privilege names will not be there, and the rule that says so.
fn reason(role: &Name, why: String, cx: &Context<'_>) -> (&'static About, String) {
    if selection::is_left_out(role, cx) {
        (&selection::ABOUT, format!("{role} is not selected"))
    } else {
        (&ABOUT, why)
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn nobody_loses_a_privilege_with_its_grantor() {
        let text = "CREATE ROLE b;\nCREATE TABLESPACE t OWNER ghost LOCATION '/t';\n\
                    GRANT CREATE ON TABLESPACE t TO other;\nSET SESSION AUTHORIZATION phantom;\n\
                    GRANT CREATE ON TABLESPACE t TO b WITH GRANT OPTION;\nRESET SESSION AUTHORIZATION;\n\
                    GRANT CREATE ON TABLESPACE t TO b;\nGRANT CREATE ON TABLESPACE t TO pg_monitor;";
        assert_eq!(
            run(text, "postgres 16"),
            "2 warning tablespace rewritten tablespace t: its owner becomes the role that replays it: there is no role ghost here\n\
             5 warning tablespace rewritten tablespace t: the grantor of a privilege becomes the owner: there is no role phantom here\n\
             7 info tablespace dropped tablespace t: another grant of the same privilege says as much\n\
             3 warning tablespace rewritten tablespace t: a privilege is left out: there is no role other here\n\
             CREATE ROLE b\nCREATE TABLESPACE t LOCATION '/t'\nGRANT CREATE ON TABLESPACE t TO b WITH GRANT OPTION\n\
             GRANT CREATE ON TABLESPACE t TO pg_monitor\nkept 2, rewritten 2, dropped 2"
        );
    }

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
