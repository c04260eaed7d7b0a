//! `--skip`.

use crate::finding::{Action, Severity, Subject};
use crate::globals::changes::Part;
use crate::globals::{
    Membership, MembershipKey, Parameter, ParameterKey, Role, Setting, SettingKey, Tablespace,
};
use crate::name::Name;
use crate::sanitize::{
    About, Context, MembershipRule, ParameterRule, RoleRule, SettingRule, TablespaceRule, Verdict,
};
use crate::subject::Target;

pub(super) const ABOUT: About = About {
    name: "skip",
    severity: Severity::Info,
    why: "left out by --skip",
    explanation: "Comments, settings, memberships, privileges on parameters, tablespaces and \
                  security labels can be left out, each kind as a whole. What is left out counts \
                  as not specified, never as absent: a copy removes nothing of such a kind from \
                  the target, with --existing replace neither. For roles there is --exclude, for \
                  passwords --passwords omit.",
    remedy: "",
};

pub(super) struct Skip;

fn message(part: Part) -> String {
    format!("--skip {}", part.name())
}

impl RoleRule for Skip {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if cx.choices.skips(Part::Comments)
            && let Some(fact) = role.comment.take()
        {
            cx.lose([fact.origin]);
            let object = Subject::Comment(Target::Role(name.clone()));
            cx.report(&ABOUT, Action::Dropped, object, fact.origin, message(Part::Comments));
        }
        if cx.choices.skips(Part::SecurityLabels) {
            for fact in std::mem::take(&mut role.labels).into_values() {
                cx.lose([fact.origin]);
                let object = Subject::SecurityLabel(Target::Role(name.clone()));
                let message = message(Part::SecurityLabels);
                cx.report(&ABOUT, Action::Dropped, object, fact.origin, message);
            }
        }
        Verdict::Keep
    }
}

impl SettingRule for Skip {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if !cx.choices.skips(Part::Settings) {
            return Verdict::Keep;
        }
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, setting.origin, message(Part::Settings));
        Verdict::Drop
    }
}

impl MembershipRule for Skip {
    fn apply(&self, key: &mut MembershipKey, it: &mut Membership, cx: &mut Context<'_>) -> Verdict {
        if !cx.choices.skips(Part::Memberships) {
            return Verdict::Keep;
        }
        let object = key.subject();
        let message = message(Part::Memberships);
        cx.report(&ABOUT, Action::Dropped, object, it.granted.origin, message);
        Verdict::Drop
    }
}

impl ParameterRule for Skip {
    fn apply(&self, key: &mut ParameterKey, it: &mut Parameter, cx: &mut Context<'_>) -> Verdict {
        if !cx.choices.skips(Part::Parameters) {
            return Verdict::Keep;
        }
        let origin = it.origins().next().unwrap_or_default();
        let object = key.subject();
        cx.report(&ABOUT, Action::Dropped, object, origin, message(Part::Parameters));
        Verdict::Drop
    }
}

impl TablespaceRule for Skip {
    fn apply(&self, name: &Name, it: &mut Tablespace, cx: &mut Context<'_>) -> Verdict {
        if cx.choices.skips(Part::Tablespaces) {
            let object = Subject::Tablespace(name.clone());
            let message = message(Part::Tablespaces);
            cx.report(&ABOUT, Action::Dropped, object, it.created.origin, message);
            return Verdict::Drop;
        }
        if cx.choices.skips(Part::Comments)
            && let Some(fact) = it.comment.take()
        {
            cx.lose([fact.origin]);
            let object = Subject::Comment(Target::Tablespace(name.clone()));
            cx.report(&ABOUT, Action::Dropped, object, fact.origin, message(Part::Comments));
        }
        if cx.choices.skips(Part::SecurityLabels) {
            for fact in std::mem::take(&mut it.labels).into_values() {
                cx.lose([fact.origin]);
                let object = Subject::SecurityLabel(Target::Tablespace(name.clone()));
                let message = message(Part::SecurityLabels);
                cx.report(&ABOUT, Action::Dropped, object, fact.origin, message);
            }
        }
        Verdict::Keep
    }
}

#[cfg(test)]
mod tests {
    use crate::globals::changes::Part;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::run_with;

    #[test]
    fn every_kind_can_be_skipped() {
        let text = "CREATE ROLE a;\nCREATE ROLE b;\nCOMMENT ON ROLE a IS 'x';\nGRANT a TO b;\n\
                    ALTER ROLE a SET work_mem TO '1MB';\nGRANT SET ON PARAMETER x TO a;\n\
                    CREATE TABLESPACE t LOCATION '/t';\nSECURITY LABEL FOR p ON ROLE a IS 'l';";
        let skip = vec![
            Part::Comments,
            Part::Memberships,
            Part::Settings,
            Part::Parameters,
            Part::Tablespaces,
            Part::SecurityLabels,
        ];
        let choices = Choices { skip, ..Choices::default() };
        assert_eq!(
            run_with(text, "postgres 16", &choices),
            "3 info skip dropped comment a: --skip comments\n\
             8 info skip dropped security-label a: --skip security-labels\n\
             7 info skip dropped tablespace t: --skip tablespaces\n\
             5 info skip dropped setting a: work_mem: --skip settings\n\
             4 info skip dropped membership b in a: --skip memberships\n\
             6 info skip dropped parameter x to a: --skip parameters\n\
             CREATE ROLE a\nCREATE ROLE b\n\
             kept 2, rewritten 0, dropped 6"
        );
    }
}
