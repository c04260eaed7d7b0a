//! What cannot be revoked: somebody else has granted it, or other grants rest on it.

use super::rests::takes;
use super::veto::{Context, Judgement, Veto};
use crate::finding::Severity;
use crate::globals::changes::Options;
use crate::globals::{Change, Fact, Grantee, MembershipKey, Parameter, ParameterKey};
use crate::name::Name;
use crate::sanitize::About;
use crate::version::Major;

const ABOUT: About = About {
    name: "not-revocable",
    severity: Severity::Warning,
    why: "since 16 a membership is revoked by its grantor only, after all that its member has granted on; \
          privileges on parameters by their grantor or a superuser, after what was granted on, too",
    explanation: "Since 16 each grant of a membership is its grantor's. REVOKE by anybody else \
                  changes nothing and is no error, only the warning `role \"…\" has not been \
                  granted membership in role \"…\" by role \"…\"`. And where the member has \
                  granted the role on, that has to go first: `dependent privileges exist`, the \
                  server says. So what was to be taken away stays, and is listed; everything else \
                  of --existing replace is done.",
    remedy: "let its grantor revoke it, or a superuser",
};

pub(super) struct Removal;

impl Veto for Removal {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, change: &Change, cx: &Context<'_>) -> Option<Judgement> {
        let why = match change {
            Change::Membership { key, from: Some(from), to, .. }
                if to.is_none_or(|to| to.is_less_than(*from)) =>
            {
                membership(key, *from, *to, cx)
            }
            Change::Parameter { key, from: Some(from), to } if takes(from, to.as_ref()) => {
                parameter(key, from, to.as_ref(), cx)
            }
            Change::TablespaceGrant { name, grantee, grantor, from: Some(had), to, .. }
                if to.is_none_or(|to| *had && !to) =>
            {
                tablespace(name, grantee, grantor.as_ref(), *had, cx)
            }
            _ => None,
        };
        why.map(Judgement::Refused)
    }
}

fn membership(
    key: &MembershipKey,
    from: Options,
    to: Option<Options>,
    cx: &Context<'_>,
) -> Option<String> {
    if let Some(name) = untouched(key, cx) {
        return Some(format!("{name} is never altered"));
    }
    if cx.answers.major < Major::new(16) {
        return None;
    }
    let grantor = key.grantor.as_ref()?;
    let superuser = cx.answers.is_superuser();
    if !superuser && *grantor != cx.answers.user {
        return Some(format!("{grantor} has granted it"));
    }
    if !from.admin || to.is_some_and(|to| to.admin) {
        return None;
    }
    // What the member has granted on rests on its ADMIN option. A superuser revokes that before,
    // where it goes too, with all that rests on it.
    let stays = |key: &MembershipKey| {
        !superuser || !cx.rests.gone.contains(key) || untouched(key, cx).is_some()
    };
    cx.rests.on(("", key.role.clone()), &key.member, |holder| {
        let granted_on = cx.rests.memberships.get(&(&key.role, holder)).into_iter().flatten();
        if let Some(key) = granted_on.clone().find(|key| stays(key)) {
            return Err(format!("{holder} has granted it on, to {}", key.member));
        }
        Ok(granted_on.map(|key| key.member.clone()).collect())
    })
}

/// Whose membership is never taken away, of the role or its member.
fn untouched<'k>(key: &'k MembershipKey, cx: &Context<'_>) -> Option<&'k Name> {
    // A mapped role is the platform's, and its members may have come with an earlier copy.
    let joined = Some(&key.role).filter(|_| !cx.desired.roles.contains_key(&key.role));
    [Some(&key.member), joined]
        .into_iter()
        .flatten()
        .find(|name| cx.answers.protected.contains_key(*name) || cx.is_of_platform(name))
}

fn parameter(
    key: &ParameterKey,
    from: &Parameter,
    to: Option<&Parameter>,
    cx: &Context<'_>,
) -> Option<String> {
    if !cx.answers.is_superuser() && key.grantor.as_ref() != Some(&cx.answers.user) {
        return Some(match &key.grantor {
            Some(grantor) => format!("{grantor} has granted it"),
            None => "a superuser has granted it".to_owned(),
        });
    }
    powerless_grantor(key, from, to, cx).or_else(|| {
        let mut all = PRIVILEGES.into_iter();
        all.find_map(|privilege| rests_on_parameter(key, from, to, privilege, cx))
    })
}

/// The grantor has lost its grant option: neither it nor a superuser revokes what it has granted.
fn powerless_grantor(
    key: &ParameterKey,
    from: &Parameter,
    to: Option<&Parameter>,
    cx: &Context<'_>,
) -> Option<String> {
    let mut all = PRIVILEGES.into_iter();
    all.find_map(|privilege| powerless_grantor_of(key, from, to, privilege, cx))
}

fn powerless_grantor_of(
    key: &ParameterKey,
    from: &Parameter,
    to: Option<&Parameter>,
    (name, privilege): (&'static str, Privilege),
    cx: &Context<'_>,
) -> Option<String> {
    let grantor = key.grantor.as_ref()?;
    let had = privilege(from)?;
    let stays = to.and_then(privilege).is_some_and(|to| to.value || !had.value);
    let first = ParameterKey {
        parameter: key.parameter.clone(),
        grantee: Grantee::Role(grantor.clone()),
        grantor: None,
    };
    let of_grantor =
        cx.current.parameters.range(&first..).take_while(|(key, _)| {
            key.parameter == first.parameter && key.grantee == first.grantee
        });
    let mut options = of_grantor.filter_map(|(_, it)| privilege(it));
    if stays || options.any(|option| option.value) {
        return None;
    }
    Some(powerless(grantor, &format!("{name} ON PARAMETER {}", key.parameter.as_str())))
}

fn powerless(grantor: &Name, what: &str) -> String {
    format!(
        "{grantor} has granted it, and has no grant option for it any more: GRANT {what} TO {grantor} WITH \
         GRANT OPTION, then REVOKE {what} FROM {grantor} CASCADE takes it away, while {grantor} is a member of no other \
         role that may grant it"
    )
}

fn tablespace(
    name: &Name,
    grantee: &Grantee,
    grantor: Option<&Name>,
    may_pass_on: bool,
    cx: &Context<'_>,
) -> Option<String> {
    let grants = &cx.current.tablespaces.get(name)?.grants;
    if let Some(grantor) = grantor {
        let has_option = |((to, _), option): (&(Grantee, _), &Fact<bool>)| {
            to.role() == Some(grantor) && option.value
        };
        if !grants.iter().any(has_option) {
            return Some(powerless(grantor, &format!("CREATE ON TABLESPACE {name}")));
        }
    }
    let holder = grantee.role().filter(|_| may_pass_on)?;
    cx.rests.on(("CREATE", name.clone()), holder, |holder| {
        let mut losing = Vec::new();
        for ((to, by), option) in grants.iter().filter(|((_, by), _)| by.as_ref() == Some(holder)) {
            if !cx.rests.tablespaces.contains(&(name, to, by.as_ref())) {
                let to = to.role().map_or_else(|| "PUBLIC".to_owned(), ToString::to_string);
                return Err(format!("{holder} has granted it on, to {to}"));
            }
            losing.extend(to.role().filter(|_| option.value).cloned());
        }
        Ok(losing)
    })
}

/// What was granted on by the grant option on one of the privileges, and stays.
fn rests_on_parameter(
    key: &ParameterKey,
    from: &Parameter,
    to: Option<&Parameter>,
    (name, privilege): (&'static str, Privilege),
    cx: &Context<'_>,
) -> Option<String> {
    let is_grantable = |it: &Parameter| privilege(it).is_some_and(|option| option.value);
    let Grantee::Role(holder) = &key.grantee else { return None };
    if !is_grantable(from) || to.is_some_and(is_grantable) {
        return None;
    }
    let parameter = Name::new(key.parameter.as_str());
    cx.rests.on((name, parameter), holder, |holder| {
        let mut losing = Vec::new();
        for (key, it) in cx.rests.parameters.get(&(&key.parameter, holder)).into_iter().flatten() {
            if privilege(it).is_none() {
                continue;
            }
            let stays = cx.rests.left.get(key).is_none_or(|left| {
                left.is_some_and(|left| privilege(left).is_some())
                    || powerless_grantor(key, it, *left, cx).is_some()
            });
            let to = match &key.grantee {
                Grantee::Role(name) => name,
                Grantee::Public => return Err(format!("{holder} has granted it on, to PUBLIC")),
            };
            if stays {
                return Err(format!("{holder} has granted it on, to {to}"));
            }
            if is_grantable(it) {
                losing.push(to.clone());
            }
        }
        Ok(losing)
    })
}

/// What is stated of one of the privileges on a parameter.
type Privilege = fn(&Parameter) -> Option<Fact<bool>>;

const PRIVILEGES: [(&str, Privilege); 2] =
    [("SET", |it| it.set), ("ALTER SYSTEM", |it| it.alter_system)];
