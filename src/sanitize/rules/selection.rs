//! `--only`, `--exclude` and `--database`.

use crate::attribute::Attribute;
use crate::finding::{Action, Severity, Subject};
use crate::globals::{
    Fact, Globals, Grantee, Origin, Parameter, ParameterKey, Role, Setting, SettingKey, Tablespace,
};
use crate::name::Name;
use crate::sanitize::{
    About, Context, ParameterRule, RoleRule, SettingRule, TablespaceRule, Verdict,
};

/// What it says.
pub const ABOUT: About = About {
    name: "selection",
    severity: Severity::Info,
    why: "left out by --only, --exclude or --database",
    explanation: "Roles are chosen by patterns on their whole names, and by the databases that need \
                  them: those that own objects in one, are named by some or have settings in it, and \
                  all members of these and of predefined roles. --explain-selection says why each was taken. A role that is left out takes \
                  its comment and its settings along, and its memberships too, unless the target \
                  has that role already. With --only, what belongs to none of the chosen roles is \
                  left out as well: settings of databases, privileges of PUBLIC, tablespaces of \
                  other owners; with --database settings in other databases. Of a member that is NOINHERIT on the source, and perhaps not on the \
                  target, the membership says INHERIT FALSE itself.\n\n\
                  What the tool leaves out in this way counts as not specified: a copy removes \
                  none of it from the target.",
    remedy: "",
};

/// Patterns that match nothing.
pub const UNUSED: About = About {
    name: "unused-pattern",
    severity: Severity::Warning,
    why: "a pattern of --only or --exclude matches no role, or --map-role names one that has no members",
    explanation: "A pattern is compared with whole names, as the source has them: app matches app, \
                  not app_owner, for which it takes app*. Write names as they are stored, without \
                  SQL's double quotes, and put the pattern into the shell's quotes so that the \
                  shell does not expand the *. With --exclude such an error has consequences: a \
                  role that should stay behind is carried over. --map-role grants a role of the \
                  target to the members of the source's: where that has none, nobody gets it.",
    remedy: "look for a typing error: patterns know *, ? and [..], and case counts",
};

/// Reports patterns that match nothing, and roles that are mapped in vain.
pub(in crate::sanitize) fn unused_patterns(globals: &Globals, cx: &mut Context<'_>) {
    for (name, message) in cx.choices.unused(globals) {
        cx.report(&UNUSED, Action::Dropped, Subject::Role(name), Origin::LIVE, message);
    }
}

/// Members that stay behind may be on the target, with another INHERIT than on the source: where the
/// source has NOINHERIT and its memberships follow that, they say so themselves.
pub(in crate::sanitize) fn state_inherit(globals: &mut Globals, cx: &mut Context<'_>) {
    let Globals { roles, memberships, .. } = globals;
    for (key, it) in memberships {
        let inherits = roles.get(&key.member).is_none_or(|role| role.has(Attribute::Inherit));
        if it.inherit.is_none() && !inherits && cx.choices.leaves_out(&key.member) {
            it.inherit = Some(Fact::new(false, it.granted.origin));
            cx.state(it.granted.origin);
            cx.change(it.granted.origin);
        }
    }
}

pub(super) struct Selection;

impl RoleRule for Selection {
    fn apply(&self, name: &Name, role: &mut Role, cx: &mut Context<'_>) -> Verdict {
        if !is_left_out(name, cx) {
            return Verdict::Keep;
        }
        let object = Subject::Role(name.clone());
        cx.report(&ABOUT, Action::Dropped, object, role.origin(), "not selected");
        Verdict::Drop
    }
}

/// What belongs to no role is not among the roles that were asked for, and what holds in another database
/// not among what the databases need.
impl SettingRule for Selection {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if cx.choices.selects_setting(key) {
            return Verdict::Keep;
        }
        let needed = cx.choices.needed.as_ref();
        let is_elsewhere = needed.is_some_and(|needed| !needed.takes_setting(key));
        let message = if is_elsewhere { "its database is not selected" } else { "not a role's" };
        cx.report(&ABOUT, Action::Dropped, key.subject(), setting.origin, message);
        Verdict::Drop
    }
}

/// So with privileges on parameters, of PUBLIC or of roles that were left out.
impl ParameterRule for Selection {
    fn apply(&self, key: &mut ParameterKey, it: &mut Parameter, cx: &mut Context<'_>) -> Verdict {
        let message = match &key.grantee {
            Grantee::Role(role) if is_left_out(role, cx) => "its role is not selected",
            Grantee::Public if !cx.choices.only.is_empty() => "not a role's",
            _ => return Verdict::Keep,
        };
        let origin = it.origins().next().unwrap_or_default();
        cx.report(&ABOUT, Action::Dropped, key.subject(), origin, message);
        Verdict::Drop
    }
}

/// So with tablespaces, where not the owner is among the roles that were asked for.
impl TablespaceRule for Selection {
    fn apply(&self, name: &Name, it: &mut Tablespace, cx: &mut Context<'_>) -> Verdict {
        let owner = it.owner.as_ref().map(|owner| &owner.value);
        if cx.choices.only.is_empty() || owner.is_some_and(|owner| !is_left_out(owner, cx)) {
            return Verdict::Keep;
        }
        let object = Subject::Tablespace(name.clone());
        let message = if owner.is_some() { "its owner is not selected" } else { "not a role's" };
        cx.report(&ABOUT, Action::Dropped, object, it.created.origin, message);
        Verdict::Drop
    }
}

/// Whether the user left this role out.
pub(super) fn is_left_out(name: &Name, cx: &Context<'_>) -> bool {
    cx.choices.leaves_out(name)
}

#[cfg(test)]
mod tests {
    use crate::glob::Glob;
    use crate::sanitize::Choices;
    use crate::sanitize::testing::run_with;

    #[test]
    fn only_what_is_selected_stays() {
        let choices = Choices {
            only: vec![Glob::new("app*").unwrap()],
            exclude: vec![Glob::new("*_old").unwrap(), Glob::new("typo").unwrap()],
            ..Choices::default()
        };
        let text = "CREATE ROLE app;\nCREATE ROLE app_old;\nCREATE ROLE b;\nGRANT app TO b;\n\
                    ALTER DATABASE d SET work_mem TO '1MB';";
        assert_eq!(
            run_with(text, "azure 16", &choices),
            "0 warning unused-pattern dropped role typo: no role matches this --exclude\n\
             2 info selection dropped role app_old: not selected\n\
             3 info selection dropped role b: not selected\n\
             5 info selection dropped setting ALL in d: work_mem: not a role's\n\
             4 info dropped-role dropped membership b in app: b is not carried over\n\
             CREATE ROLE app\n\
             kept 1, rewritten 0, dropped 4"
        );
    }

    #[test]
    fn a_membership_of_a_member_without_inherit_goes_with_both() {
        let choices = Choices { only: vec![Glob::new("c").unwrap()], ..Choices::default() };
        let text = "CREATE ROLE a;\nCREATE ROLE b NOINHERIT;\nCREATE ROLE c;\nGRANT a TO b;";
        assert_eq!(
            run_with(text, "azure 16", &choices),
            "1 info selection dropped role a: not selected\n\
             2 info selection dropped role b: not selected\n\
             4 info dropped-role dropped membership b in a: b is not carried over\n\
             CREATE ROLE c\n\
             kept 1, rewritten 0, dropped 3"
        );
    }

    #[test]
    fn what_belongs_to_others_is_no_news() {
        let choices = Choices { only: vec![Glob::new("app").unwrap()], ..Choices::default() };
        let text = "CREATE ROLE app;\nCREATE ROLE b;\nGRANT SET ON PARAMETER work_mem TO b, PUBLIC;\n\
                    GRANT SET ON PARAMETER work_mem TO app;\nCREATE TABLESPACE t OWNER b LOCATION '/t';\n\
                    CREATE TABLESPACE u OWNER app LOCATION '/u';\nCREATE TABLESPACE v LOCATION '/v';\n\
                    GRANT CREATE ON TABLESPACE u TO b;";
        assert_eq!(
            run_with(text, "postgres 16", &choices),
            "2 info selection dropped role b: not selected\n\
             5 info selection dropped tablespace t: its owner is not selected\n\
             8 info selection rewritten tablespace u: a privilege is left out: b is not selected\n\
             7 info selection dropped tablespace v: not a role's\n\
             3 info selection dropped parameter work_mem to PUBLIC: not a role's\n\
             3 info selection dropped parameter work_mem to b: its role is not selected\n\
             CREATE ROLE app\nGRANT SET ON PARAMETER work_mem TO app\nCREATE TABLESPACE u OWNER app LOCATION '/u'\n\
             kept 3, rewritten 0, dropped 5"
        );
    }
}
