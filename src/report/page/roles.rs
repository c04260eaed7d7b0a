//! Roles in words: what each is, and what is different between before and after.

use std::collections::BTreeMap;

use super::found::Found;
use super::part::{Block, Section, row};
use crate::attribute::Attribute;
use crate::globals::{Globals, Membership, Password, Role};
use crate::name::Name;
use crate::report::describe::value;

/// A role in words.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RoleState {
    /// What it has beyond a plain role: `LOGIN CREATEDB CONNECTION LIMIT 5`.
    pub attributes: String,
    /// The kind of its password: `SCRAM-SHA-256`, `none`, `unknown`.
    pub password: String,
    /// Until when its password is valid; empty for ever.
    pub valid_until: String,
    /// What it is a member of, with options: `reader (ADMIN)`.
    pub memberships: Vec<String>,
    /// What is set for it: `work_mem = '64MB'`, `in shop: search_path = app`.
    pub settings: Vec<String>,
}

/// Some roles in words, and how much there is of everything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct State {
    /// How much there is.
    pub found: Found,
    /// The roles.
    pub roles: BTreeMap<Name, RoleState>,
}

impl State {
    /// Of all roles that are `wanted`; `kind` knows of passwords what the globals do not.
    pub fn of(
        globals: &Globals,
        wanted: impl Fn(&Name) -> bool,
        kind: impl Fn(&Name) -> Option<String>,
    ) -> Self {
        let mut roles: BTreeMap<Name, RoleState> = BTreeMap::new();
        for (name, role) in globals.roles.iter().filter(|(name, _)| wanted(name)) {
            let password = kind(name).unwrap_or_else(|| match &role.password {
                Password::Is(secret) => secret.value.kind().as_str().to_owned(),
                Password::None(_) => "none".to_owned(),
                Password::Unknown if role.has(Attribute::Login) => "unknown".to_owned(),
                Password::Unknown => String::new(),
            });
            let state = RoleState {
                attributes: attributes(role),
                password,
                valid_until: role
                    .valid_until
                    .as_ref()
                    .map(|it| it.value.to_string())
                    .unwrap_or_default(),
                ..RoleState::default()
            };
            roles.insert(name.clone(), state);
        }
        // One membership may be granted by several.
        let mut memberships: BTreeMap<(&Name, &Name), Vec<&Membership>> = BTreeMap::new();
        for (key, membership) in &globals.memberships {
            if roles.contains_key(&key.member) {
                memberships.entry((&key.member, &key.role)).or_default().push(membership);
            }
        }
        for ((member, role), all) in memberships {
            if let Some(state) = roles.get_mut(member) {
                state.memberships.push(format!("{role}{}", options(&all)));
            }
        }
        for (key, setting) in &globals.settings {
            let Some(state) = key.role.as_ref().and_then(|role| roles.get_mut(role)) else {
                continue;
            };
            let place = key.database.as_ref().map(|it| format!("in {it}: ")).unwrap_or_default();
            state.settings.push(format!("{place}{} = {}", key.name, value(&setting.value)));
        }
        Self { found: globals.into(), roles }
    }

    /// The roles as a table.
    pub(in crate::report) fn table(&self, title: &'static str) -> Option<Section> {
        let rows = self.roles.iter().map(|(name, it)| {
            row([
                name.to_string().into(),
                it.attributes.clone().into(),
                it.password.clone().into(),
                it.valid_until.clone().into(),
                it.memberships.clone().into(),
                it.settings.clone().into(),
            ])
        });
        let columns = ["role", "attributes", "password", "valid until", "member of", "settings"];
        Section::table(title, &columns, rows.collect())
    }

    /// What is different afterwards.
    pub(in crate::report) fn until(&self, after: &Self) -> Section {
        let mut counts = Vec::new();
        let both = [&self.found, &after.found];
        let mut count = |what: &str, of: fn(&Found) -> usize| {
            let [before, after] = both.map(of);
            counts.push(row([what.into(), before.to_string().into(), after.to_string().into()]));
        };
        count("roles", |it| it.roles);
        count("memberships", |it| it.memberships);
        count("settings", |it| it.settings);
        count("parameter privileges", |it| it.parameters);
        count("tablespaces", |it| it.tablespaces);
        let mut rows = Vec::new();
        let mut compare = |name: &Name, what: &str, before: Vec<String>, after: Vec<String>| {
            if before != after {
                rows.push(row([name.to_string().into(), what.into(), before.into(), after.into()]));
            }
        };
        let mut names: Vec<_> = self.roles.keys().chain(after.roles.keys()).collect();
        names.sort();
        names.dedup();
        let nothing = RoleState::default();
        for name in names {
            let (old, new) = (self.roles.get(name), after.roles.get(name));
            let exists =
                |it: Option<&RoleState>| if it.is_some() { "yes" } else { "no" }.to_owned();
            compare(name, "exists", vec![exists(old)], vec![exists(new)]);
            let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
            for (what, of) in [
                ("attributes", (|it| &it.attributes) as fn(&RoleState) -> &String),
                ("password", |it| &it.password),
                ("valid until", |it| &it.valid_until),
            ] {
                compare(name, what, vec![of(old).clone()], vec![of(new).clone()]);
            }
            compare(name, "member of", old.memberships.clone(), new.memberships.clone());
            compare(name, "settings", old.settings.clone(), new.settings.clone());
        }
        let mut section = Section::new("The target before and after")
            .with(Block::Table(vec!["on the target", "before", "after"], counts));
        if rows.is_empty() {
            section
                .blocks
                .push(Block::Text("No role that is carried over is different.".to_owned()));
        } else {
            let columns = vec!["role", "what", "before", "after"];
            section.blocks.push(Block::Table(columns, rows));
        }
        section
    }
}

/// What it has beyond a plain role, and whether it can log in.
fn attributes(role: &Role) -> String {
    let words = role.attribute_words();
    if role.has(Attribute::Login) {
        return words;
    }
    if words.is_empty() { "NOLOGIN".to_owned() } else { format!("NOLOGIN {words}") }
}

/// ` (ADMIN, INHERIT FALSE)`: all grantors together.
fn options(all: &[&Membership]) -> String {
    let mut words = Vec::new();
    if all.iter().any(|it| it.is_admin()) {
        words.push("ADMIN");
    }
    let all_deny = |of: fn(&Membership) -> Option<bool>| all.iter().all(|it| of(it) == Some(false));
    if all_deny(|it| it.inherit.map(|fact| fact.value)) {
        words.push("INHERIT FALSE");
    }
    if all_deny(|it| it.set.map(|fact| fact.value)) {
        words.push("SET FALSE");
    }
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}
