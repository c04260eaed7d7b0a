//! What the user wants.

use std::collections::BTreeMap;

use foldhash::HashSet;

use super::needed::Needed;
use crate::attribute::Attribute;
use crate::glob::Glob;
use crate::globals::changes::Part;
use crate::globals::{Globals, SettingKey};
use crate::name::Name;
use crate::secret::Secret;

/// What the user wants; the default is everything, unchanged.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Only roles whose name matches one of these; all where there are none.
    pub only: Vec<Glob>,
    /// No roles whose name matches one of these.
    pub exclude: Vec<Glob>,
    /// Only what some databases need.
    pub needed: Option<Needed>,
    /// New names by the source's.
    pub rename: BTreeMap<Name, Name>,
    /// Roles of the target that stand for roles of the source, or for SUPERUSER.
    pub map_role: BTreeMap<Name, Name>,
    /// What to do with passwords.
    pub passwords: Passwords,
    /// Passwords from elsewhere, for roles that have none here.
    pub passwords_from: BTreeMap<Name, Secret>,
    /// What to leave out.
    pub skip: Vec<Part>,
    /// Memberships may become wider than they were, where the target cannot say it otherwise.
    pub widen: bool,
    /// Settings that shut roles out are left behind: the roles may be on the target, and work there.
    pub withhold_freezes: bool,
    /// What is set for all roles is carried over, too.
    pub allow_all_settings: bool,
    /// The time that expiry is judged by, in seconds since 1970.
    pub now: i64,
}

/// What to do with passwords.
#[derive(Clone, Debug, Default)]
pub enum Passwords {
    /// Carry verifiers over as they are.
    #[default]
    Keep,
    /// Leave them out.
    Omit,
    /// Carry verifiers over, and make a new password for login roles whose verifier is unknown.
    Generate {
        /// Those that an earlier run has made.
        earlier: BTreeMap<Name, Secret>,
        /// Also for roles that the target has and that may have a password there.
        replace: bool,
    },
}

/// A choice that does not fit what was read.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum ChoiceError {
    /// No role matches `--only`, or all that do are excluded, or the databases need none of them.
    #[error(
        "no role is left by --only, --exclude and --database: patterns match whole names, and case counts"
    )]
    NothingSelected,
    /// `--rename` names a role that is not there.
    #[error("--rename: there is no role {0}; names are as in the dump, and case counts{1}")]
    RenamesNothing(Name, &'static str),
    /// `--rename` would give two roles the same name.
    #[error("--rename: {0} cannot become {1}, another role has that name")]
    RenamesOnto(Name, Name),
    /// `--map-role` names a role that is neither there nor SUPERUSER.
    #[error("--map-role: there is no role {0}, and no membership in it{1}")]
    MapsNothing(Name, &'static str),
}

impl Choices {
    /// Whether the user wants this role.
    pub fn selects(&self, name: &Name) -> bool {
        let any = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(name.as_str()));
        (self.only.is_empty() || any(&self.only))
            && !any(&self.exclude)
            && self.needed.as_ref().is_none_or(|needed| needed.roles.contains_key(name))
    }

    /// Whether nobody is left out.
    pub fn selects_all(&self) -> bool {
        self.only.is_empty() && self.exclude.is_empty() && self.needed.is_none()
    }

    /// Whether a setting is wanted, its role's selection apart: with `--only` none that belongs to no
    /// role, with `--database` none of other databases.
    pub fn selects_setting(&self, key: &SettingKey) -> bool {
        (key.role.is_some() || self.only.is_empty())
            && self.needed.as_ref().is_none_or(|needed| needed.takes_setting(key))
    }

    /// Whether the user left this role out; its name may be the new one.
    pub fn leaves_out(&self, name: &Name) -> bool {
        if self.selects_all() {
            return false;
        }
        !self.selects(self.source_name(name))
    }

    /// Whether none of the chosen databases needs this role; its name may be the new one.
    pub fn is_unneeded(&self, name: &Name) -> bool {
        let is_needed = |needed: &Needed| needed.roles.contains_key(self.source_name(name));
        self.needed.as_ref().is_some_and(|needed| !is_needed(needed))
    }

    /// What the source calls a role that may have a new name.
    fn source_name<'a>(&'a self, name: &'a Name) -> &'a Name {
        let renamed = self.rename.iter().find(|(_, to)| *to == name);
        renamed.map_or(name, |(from, _)| from)
    }

    /// Whether the user wants this kind of objects left out.
    pub fn skips(&self, part: Part) -> bool {
        self.skip.contains(&part)
    }

    /// The role of the target that stands for an attribute.
    pub fn mapped(&self, attribute: Attribute) -> Option<&Name> {
        self.map_role.get(attribute.keyword())
    }

    /// Whether the new names fit what was read.
    ///
    /// # Errors
    /// Where they rename nothing, or onto a role that exists.
    pub fn check_renames(&self, globals: &Globals) -> Result<(), ChoiceError> {
        let mut names: HashSet<&Name> = HashSet::default();
        let mut mentioned: HashSet<&Name> = HashSet::default();
        if !self.rename.is_empty() {
            let keys = globals.memberships.keys();
            mentioned.extend(keys.flat_map(|key| [&key.role, &key.member]));
        }
        for (from, to) in &self.rename {
            if !globals.roles.contains_key(from) {
                return Err(ChoiceError::RenamesNothing(from.clone(), hint(to)));
            }
            // A name that only memberships mention is another role's as well.
            let known = globals.roles.contains_key(to) || mentioned.contains(to);
            let taken = known && !self.rename.contains_key(to);
            if taken || !names.insert(to) {
                return Err(ChoiceError::RenamesOnto(from.clone(), to.clone()));
            }
        }
        Ok(())
    }

    /// What of the choices names nothing that was read: the name or pattern, and what is said of it.
    pub fn unused(&self, globals: &Globals) -> Vec<(Name, String)> {
        let mut unused = Vec::new();
        for (option, patterns) in [("--only", &self.only), ("--exclude", &self.exclude)] {
            for pattern in patterns {
                if !globals.roles.keys().any(|name| pattern.matches(name.as_str())) {
                    let name = Name::new(pattern.as_str());
                    unused.push((name, format!("no role matches this {option}")));
                }
            }
        }
        let superuser = Attribute::Superuser;
        for from in self.map_role.keys() {
            if from.as_str() == superuser.keyword() {
                if !globals.roles.values().any(|role| role.has(superuser)) {
                    unused.push((
                        from.clone(),
                        "no role is a superuser: --map-role does nothing".to_owned(),
                    ));
                }
            } else if !globals.memberships.keys().any(|key| key.role == *from) {
                let message = "no role is a member of it: --map-role grants nothing in its place";
                unused.push((from.clone(), message.to_owned()));
            }
        }
        unused
    }

    /// Whether the choices fit what was read.
    ///
    /// # Errors
    /// Where a new name renames nothing or onto a role that exists, a mapped role is not there, or no role
    /// is left.
    pub fn check(&self, globals: &Globals) -> Result<(), ChoiceError> {
        self.check_renames(globals)?;
        let mut granted: HashSet<&Name> = HashSet::default();
        if !self.map_role.is_empty() {
            granted.extend(globals.memberships.keys().map(|key| &key.role));
        }
        for (from, to) in &self.map_role {
            let known = from.as_str() == Attribute::Superuser.keyword()
                || globals.roles.contains_key(from)
                || granted.contains(from);
            if !known {
                return Err(ChoiceError::MapsNothing(from.clone(), hint(to)));
            }
        }
        if !self.selects_all() && !globals.roles.keys().any(|name| self.selects(name)) {
            return Err(ChoiceError::NothingSelected);
        }
        Ok(())
    }
}

/// What to know where an equals sign may stand in the name itself.
fn hint(to: &Name) -> &'static str {
    if to.as_str().contains('=') {
        "; a name with = in it goes in double quotes, as in SQL"
    } else {
        ""
    }
}
