//! What `globals::changes` promises, on generated globals: without a server.

use std::cell::Cell;

use pg_globals::attribute::Attribute;
use pg_globals::globals::changes::{Options, Target};
use pg_globals::globals::script::Delta;
use pg_globals::globals::script::Shape;
use pg_globals::globals::{Change, Globals, Membership, Password, Scope, Value, changes};
use pg_globals::name::Name;
use pg_globals::read::{Options as Reading, read};
use pg_globals::script::{Title, render as render_script};
use pg_globals::sql::{self, RoleOption, RoleSpec, Statement};
use pg_globals::version::Major;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::generate::{self, fact};

/// Two sets of globals with much in common: the second is generated too, and each thing of the first
/// is in it as well, or not.
pub(super) fn pair() -> impl Strategy<Value = (Globals, Globals)> {
    (generate::globals(), generate::globals(), any::<u64>()).prop_map(|(one, mut other, bits)| {
        let bits = Cell::new(bits);
        let coin = || {
            bits.set(bits.get().rotate_left(1));
            bits.get() & 1 == 1
        };
        let kept: Vec<_> = one.roles.iter().filter(|_| coin()).collect();
        let roles: Vec<Name> = kept.iter().map(|(name, _)| (*name).clone()).collect();
        for (name, role) in kept {
            let mut role = role.clone();
            // The other set's roles lend what is different.
            if let Some(lender) = other.roles.values().next().filter(|_| coin()).cloned() {
                for attribute in Attribute::ALL {
                    if coin() {
                        role.set(attribute, lender.stated(attribute));
                    }
                }
                if coin() {
                    role.comment = lender.comment;
                }
                if coin() {
                    role.password = lender.password;
                }
                if coin() {
                    role.valid_until = lender.valid_until;
                }
            }
            other.roles.insert(name.clone(), role);
        }
        for (key, it) in one.memberships.iter().filter(|_| coin()) {
            if key.names().all(|name| roles.contains(name)) {
                let mut it = it.clone();
                if coin() {
                    it.admin = Some(fact(coin()));
                }
                if coin() {
                    it.inherit = Some(fact(coin()));
                }
                other.memberships.insert(key.clone(), it);
            }
        }
        let common = one
            .settings
            .iter()
            .filter(|(key, _)| key.role.as_ref().is_none_or(|role| roles.contains(role)) && coin());
        let common: Vec<_> = common.map(|(key, it)| (key.clone(), it.clone())).collect();
        other.settings.extend(common);
        let common: Vec<_> = one.tablespaces.iter().filter(|_| coin()).collect();
        other.tablespaces.extend(common.into_iter().map(|(name, it)| (name.clone(), it.clone())));
        other.sort();
        (one, other)
    })
}

/// All that a live server would have stated.
fn stated(mut globals: Globals) -> Globals {
    for role in globals.roles.values_mut() {
        role.created = Some(fact(()));
        for attribute in Attribute::ALL {
            let value = role.has(attribute);
            role.set(attribute, Some(fact(value)));
        }
        role.connection_limit = role.connection_limit.filter(|limit| limit.value != -1);
        role.valid_until = role.valid_until.take().filter(|until| !until.value.is_infinite());
        if role.password == Password::Unknown {
            role.password = Password::None(fact(()));
        }
    }
    let inherits =
        |member: &Name| globals.roles.get(member).is_none_or(|role| role.has(Attribute::Inherit));
    for (key, it) in &mut globals.memberships {
        let options = options(it, inherits(&key.member));
        *it = membership(options);
    }
    for tablespace in globals.tablespaces.values_mut() {
        // Where it is cannot be changed, and somebody owns it.
        tablespace.location = "/space".into();
        tablespace.owner.get_or_insert_with(|| fact(Name::new("boot")));
    }
    for setting in globals.settings.values_mut() {
        if setting.value.is_empty_list() {
            setting.value = Value::List(vec!["".into()]);
        }
    }
    globals.sort();
    globals
}

fn options(it: &Membership, inherits: bool) -> Options {
    Options {
        admin: it.is_admin(),
        inherit: Some(it.inherit.map_or(inherits, |fact| fact.value)),
        set: Some(it.set.is_none_or(|fact| fact.value)),
    }
}

fn membership(options: Options) -> Membership {
    Membership {
        granted: fact(()),
        admin: Some(fact(options.admin)),
        inherit: options.inherit.map(fact),
        set: options.set.map(fact),
    }
}

/// Does what a change says, as simply as it can be done.
fn apply(globals: &mut Globals, change: &Change) {
    match change.clone() {
        Change::CreateRole { name, mut role } => {
            // A new role has none.
            if role.password == Password::Unknown {
                role.password = Password::None(fact(()));
            }
            assert!(globals.roles.insert(name, *role).is_none(), "{change:?}");
        }
        Change::DropRole { name, .. } => {
            assert!(globals.roles.shift_remove(&name).is_some(), "{change:?}");
        }
        Change::Attribute { role, attribute, to, .. } => {
            globals.roles[&role].set(attribute, Some(fact(to)));
        }
        Change::ConnectionLimit { role, to, .. } => {
            globals.roles[&role].connection_limit = Some(fact(to)).filter(|it| it.value != -1);
        }
        Change::ValidUntil { role, to, .. } => globals.roles[&role].valid_until = to.map(fact),
        Change::Password { role, to, .. } => globals.roles[&role].password = to,
        Change::Comment { on: Target::Role(name), to, .. } => {
            globals.roles[&name].comment = to.map(fact);
        }
        Change::Comment { on: Target::Tablespace(name), to, .. } => {
            globals.tablespaces.get_mut(&name).unwrap().comment = to.map(fact);
        }
        Change::Label { on, provider, to, .. } => {
            let labels = match on {
                Target::Role(name) => &mut globals.roles[&name].labels,
                Target::Tablespace(name) => &mut globals.tablespaces.get_mut(&name).unwrap().labels,
            };
            match to {
                Some(to) => labels.insert(provider, fact(to)),
                None => labels.remove(&provider),
            };
        }
        Change::Setting { key, to, .. } => match to {
            Some(to) => drop(globals.settings.insert(key, fact(to))),
            None => drop(globals.settings.remove(&key)),
        },
        Change::Membership { key, to, .. } => match to {
            Some(to) => drop(globals.memberships.insert(key, membership(to))),
            None => drop(globals.memberships.shift_remove(&key)),
        },
        Change::Parameter { key, to, .. } => match to {
            Some(to) => drop(globals.parameters.insert(key, to)),
            None => drop(globals.parameters.remove(&key)),
        },
        Change::CreateTablespace { name, tablespace } => {
            assert!(globals.tablespaces.insert(name, *tablespace).is_none(), "{change:?}");
        }
        Change::DropTablespace { name, .. } => drop(globals.tablespaces.remove(&name)),
        Change::TablespaceOwner { name, to, .. } => {
            globals.tablespaces.get_mut(&name).unwrap().owner = Some(fact(to));
        }
        Change::TablespaceLocation { name, to, .. } => {
            globals.tablespaces.get_mut(&name).unwrap().location = to;
        }
        Change::TablespaceOption { name, option, to, .. } => {
            let options = &mut globals.tablespaces.get_mut(&name).unwrap().options;
            match to {
                Some(to) => options.insert(option, fact(to)),
                None => options.remove(&option),
            };
        }
        Change::TablespaceGrant { name, grantee, grantor, to, .. } => {
            let grants = &mut globals.tablespaces.get_mut(&name).unwrap().grants;
            match to {
                Some(to) => grants.insert((grantee, grantor), fact(to)),
                None => grants.remove(&(grantee, grantor)),
            };
        }
    }
}

const SCOPES: [Scope; 3] = [Scope::Merge, Scope::Replace, Scope::Mirror];

#[test]
fn nothing_differs_from_itself() {
    proptest!(config(), |(globals in generate::globals(), scope in select(SCOPES.to_vec()))| {
        for globals in [stated(globals.clone()), globals] {
            let all = changes(&globals, &globals, scope);
            prop_assert_eq!(&all.changes, &[]);
            prop_assert_eq!(&all.extra, &[]);
        }
    });
}

#[test]
fn merging_removes_nothing() {
    proptest!(config(), |((current, desired) in pair())| {
        let all = changes(&stated(current), &stated(desired), Scope::Merge);
        for change in &all.changes {
            prop_assert!(!change.removes(), "{:?}", change);
            if let Change::Membership { from: Some(from), to: Some(to), .. } = change {
                let lost = |from, to| from == Some(true) && to != Some(true);
                let loses = lost(from.inherit, to.inherit) || lost(from.set, to.set);
                prop_assert!(!loses && (to.admin || !from.admin), "{:?}", change);
            }
        }
        // What could be taken away is not done, and listed.
        prop_assert!(all.extra.iter().all(|extra| !all.changes.contains(extra)));
    });
}

#[test]
fn replacing_leaves_other_roles_alone() {
    proptest!(config(), |((current, desired) in pair())| {
        let (current, desired) = (stated(current), stated(desired));
        for change in changes(&current, &desired, Scope::Replace).changes {
            let drops = matches!(change, Change::DropRole { .. });
            prop_assert!(!drops);
            let about = match &change {
                Change::Membership { key, .. } => vec![&key.role, &key.member],
                change => change.role().into_iter().collect(),
            };
            let known = about.is_empty()
                || about.iter().any(|role| desired.roles.contains_key(*role))
                || matches!(&change, Change::Membership { to: Some(_), .. });
            prop_assert!(known, "{:?}", change);
        }
    });
}

#[test]
fn applied_changes_give_what_is_desired_and_their_inverses_what_was() {
    proptest!(config(), |((current, desired) in pair())| {
        let (current, desired) = (stated(current), stated(desired));
        let all = changes(&current, &desired, Scope::Mirror);
        prop_assert_eq!(&all.extra, &[]);
        let mut globals = current.clone();
        for change in &all.changes {
            apply(&mut globals, change);
        }
        globals.sort();
        prop_assert_eq!(&globals, &desired);
        for change in all.changes.iter().rev() {
            let inverse = change.inverse();
            prop_assert!(inverse.is_some(), "{:?}", change);
            let inverse = inverse.unwrap();
            apply(&mut globals, &inverse);
        }
        globals.sort();
        prop_assert_eq!(&globals, &current);
    });
}

#[test]
fn what_is_hidden_never_differs() {
    proptest!(config(), |((current, desired) in pair(), scope in select(SCOPES.to_vec()))| {
        let (mut current, mut desired) = (stated(current), stated(desired));
        let seen = desired.clone();
        for role in current.roles.values_mut() {
            role.password = Password::Unknown;
        }
        let is_password = |change: &Change| matches!(change, Change::Password { .. });
        let all = changes(&current, &desired, scope);
        for change in all.changes.iter().chain(&all.extra).filter(|change| is_password(change)) {
            // A new role has none, for certain.
            prop_assert!(!current.roles.contains_key(change.role().unwrap()), "{:?}", change);
        }
        for (name, role) in &seen.roles {
            let is = matches!(role.password, Password::Is(_)) && current.roles.contains_key(name);
            prop_assert_eq!(all.unverifiable.contains(name), is, "{}", name);
        }
        for role in desired.roles.values_mut() {
            role.password = Password::Unknown;
        }
        let all = changes(&stated(seen), &desired, scope);
        prop_assert!(!all.changes.iter().chain(&all.extra).any(is_password));
        prop_assert_eq!(&all.unverifiable, &[]);
    });
}

/// The statements are those of our own grammar, and an ALTER mentions what differs and nothing else.
#[test]
fn statements_mention_what_differs() {
    proptest!(config(), |(
        (current, desired) in pair(), scope in select(SCOPES.to_vec()), major in 10_u32..19
    )| {
        let (current, desired) = (stated(current), stated(desired));
        let all = changes(&current, &desired, scope).changes;
        for (_, _, statement) in Delta::of(&all, Major::new(major)).statements() {
            let mut text = String::new();
            sql::print(&statement, &mut text);
            let again = sql::parse(&text).map_err(|error| TestCaseError::fail(format!("{error:?}: {text}")))?;
            prop_assert_eq!(&again, &statement);
            let Statement::AlterRole { role: RoleSpec::Name(role), options } = &statement else {
                continue;
            };
            let about = |change: &&Change| change.role().is_some_and(|name| name.as_str() == role);
            for option in options {
                let told = all.iter().filter(about).any(|change| match (option, change) {
                    (RoleOption::Attribute(one, value), Change::Attribute { attribute, to, .. }) => {
                        one == attribute && value == to
                    }
                    (RoleOption::ConnectionLimit(one), Change::ConnectionLimit { to, .. }) => one == to,
                    (RoleOption::ValidUntil(_), Change::ValidUntil { .. })
                    | (RoleOption::Password(_), Change::Password { .. }) => true,
                    _ => false,
                });
                prop_assert!(told, "{}", text);
            }
        }
    });
}

/// What the statements do to what is there is what is desired: read by our own reader, which knows
/// what statements do one after the other.
#[test]
fn statements_do_what_the_changes_say() {
    proptest!(config(), |((current, desired) in pair())| {
        let (current, desired) = (stated(current), stated(desired));
        // REVOKE without a grantor means all of them to a reader of text, and the user's own to a server.
        prop_assume!(!has_unnamed_beside_named(&current) && !has_unnamed_beside_named(&desired));
        let major = Major::new(18);
        let title = Title { source: "x", platform: "postgres", granted: &[] };
        let shape = Shape { major, if_not_exists: false, admin: None, once: None };
        let script = |globals: &Globals| render_script(globals, title, shape);
        let delta = |changes: &[Change]| {
            let mut text = String::new();
            for (_, _, statement) in Delta::of(changes, major).statements() {
                sql::print(&statement, &mut text);
                text.push_str(";\n");
            }
            text
        };
        let model = |text: &str| match read(text.as_bytes(), Reading::default()) {
            Ok(reading) => Ok(stated(reading.globals)),
            Err(failure) => Err(TestCaseError::fail(format!("{failure:?}\n{text}"))),
        };
        let all = changes(&current, &desired, Scope::Mirror).changes;
        let there = [script(&current), delta(&all)].concat();
        prop_assert_eq!(model(&there)?, model(&script(&desired))?, "{}", there);
        let back: Option<Vec<_>> = all.iter().map(Change::inverse).collect();
        if let Some(back) = back {
            let again = [script(&desired), delta(&back)].concat();
            prop_assert_eq!(model(&again)?, model(&script(&current))?, "{}", again);
        }
    });
}

/// Whether somebody has the same by a grantor that is named, and by one that is not.
fn has_unnamed_beside_named(globals: &Globals) -> bool {
    globals.memberships.keys().any(|key| {
        key.grantor.is_none()
            && globals.memberships.keys().any(|other| {
                other.grantor.is_some() && (&other.role, &other.member) == (&key.role, &key.member)
            })
    })
}

fn config() -> ProptestConfig {
    ProptestConfig { max_shrink_iters: u32::MAX, ..super::config(256) }
}
