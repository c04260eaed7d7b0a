//! `--existing skip` and `--existing fail`.

use super::veto::{Context, Judgement, Veto};
use crate::finding::{Action, Finding, Severity, Subject};
use crate::globals::Change;
use crate::sanitize::About;

pub(super) const ABOUT: About = About {
    name: "existing",
    severity: Severity::Info,
    why: "the target has the role, and --existing skip leaves it as it is",
    explanation: "--existing skip brings what the target lacks and alters no role that it has: no \
                  attribute, password, setting or comment, and no membership of its own. New roles \
                  still become members of roles that exist, where the connected role may grant \
                  these. What is left out counts as withheld, and --existing merge, the default, \
                  would do it.",
    remedy: "",
};

pub(super) const FAIL: About = About {
    name: "existing-role",
    severity: Severity::Error,
    why: "the target has these roles, and --existing fail allows none",
    explanation: "--existing fail is for targets that should have none of the source's roles yet. \
                  It stops before anything is sent, and the target stays as it is. Roles that are \
                  never touched are not counted: the connected one, superusers, administrators and \
                  the platform's own.",
    remedy: "leave them out with --exclude, or give --existing merge or skip",
};

pub(super) struct Existing;

impl Veto for Existing {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        if cx.options.existing != super::Existing::Skip {
            return None;
        }
        let exists = |name| cx.current.roles.contains_key(name);
        if let Change::Membership { key, .. } = change {
            // New members join roles that exist, where that can be done.
            let may = (!exists(&key.member) || key.member == cx.answers.user)
                && (!exists(&key.role) || cx.answers.may_grant(key.role.as_str()));
            return (!may).then(|| Judgement::Withheld("its role or its member exists".to_owned()));
        }
        let grantee = match change {
            Change::Parameter { key, .. } => key.grantee.role(),
            _ => None,
        };
        let role = change.role().or(grantee).filter(|role| exists(role))?;
        Some(Judgement::Withheld(format!("{role} exists")))
    }
}

/// The roles for which nothing is done.
pub(super) fn fail(cx: &Context<'_>) -> Vec<Finding> {
    let there = cx.desired.roles.keys().filter(|name| cx.current.roles.contains_key(*name));
    there
        .map(|name| {
            let message = format!("the target has {name}");
            FAIL.finding(Subject::Role(name.clone()), Action::Dropped, message)
        })
        .collect()
}
