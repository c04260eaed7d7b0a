//! Comments, security labels, and tablespaces.

use std::collections::BTreeMap;

use super::abouts;
use super::collector::Collector;
use super::refusal::{Result, refuse};
use crate::finding::{Action, Subject};
use crate::globals::fact::{Fact, Origin};
use crate::globals::model::Tablespace;
use crate::name::Name;
use crate::sql::{Object, RoleSpec, TablespaceChange, Text};
use crate::subject::Target;

/// Labels by provider.
type Labels = BTreeMap<Name, Fact<Box<str>>>;

/// What a comment or label is on, by its stored name.
fn target(object: &Object<'_>, name: &Name) -> Target {
    match object {
        Object::Role(_) => Target::Role(name.clone()),
        Object::Tablespace(_) => Target::Tablespace(name.clone()),
    }
}

impl Collector {
    pub(super) fn comment(
        &mut self,
        object: &Object<'_>,
        text: Option<&str>,
        origin: Origin,
    ) -> Result<()> {
        let name = match object {
            Object::Role(name) | Object::Tablespace(name) => self.stored(name, origin),
        };
        if let Object::Role(_) = object {
            self.refuse_dropped(&name)?;
        }
        let fact = text.map(|text| self.fact(Box::from(text), origin));
        let slot = match object {
            Object::Role(_) => {
                Some(&mut self.globals.roles.entry(name.clone()).or_default().comment)
            }
            Object::Tablespace(_) => {
                self.globals.tablespaces.get_mut(&name).map(|t| &mut t.comment)
            }
        };
        let Some(slot) = slot else {
            return refuse(format!("tablespace {name} is not created before this"));
        };
        let removes = fact.is_none();
        let earlier = std::mem::replace(slot, fact);
        let named = &Subject::Comment(target(object, &name));
        match earlier {
            Some(earlier) => self.supersede(earlier.origin, named, "the comment"),
            None if removes => {
                self.no_effect(
                    origin,
                    named,
                    "there is no comment that this could remove".to_owned(),
                );
            }
            None => {}
        }
        Ok(())
    }

    pub(super) fn label(
        &mut self,
        provider: Option<&str>,
        object: &Object<'_>,
        label: Option<&str>,
        origin: Origin,
    ) -> Result<()> {
        let fact = label.map(|label| self.fact(Box::from(label), origin));
        let (name, labels): (Name, &mut Labels) = match object {
            Object::Role(name) => {
                let name = self.stored(name, origin);
                self.refuse_dropped(&name)?;
                let role = self.globals.roles.entry(name.clone()).or_default();
                (name, &mut role.labels)
            }
            Object::Tablespace(name) => {
                let Some(name) = self.labelled_tablespace(name, origin) else {
                    return refuse("this tablespace is not created before this");
                };
                let tablespace = self.globals.tablespaces.entry(name.clone()).or_default();
                (name, &mut tablespace.labels)
            }
        };
        let provider = Name::new(provider.unwrap_or_default());
        let removes = fact.is_none();
        let earlier = match fact {
            Some(fact) => labels.insert(provider, fact),
            None => labels.remove(&provider),
        };
        let named = &Subject::SecurityLabel(target(object, &name));
        match earlier {
            Some(earlier) => self.supersede(earlier.origin, named, "the label"),
            None if removes => {
                self.no_effect(
                    origin,
                    named,
                    "there is no label that this could remove".to_owned(),
                );
            }
            None => {}
        }
        Ok(())
    }

    /// The tablespace that a label names. pg_dumpall up to 10 quotes the name twice there.
    fn labelled_tablespace(&mut self, name: &str, origin: Origin) -> Option<Name> {
        let stored = self.stored(name, origin);
        if self.globals.tablespaces.contains_key(&stored) {
            return Some(stored);
        }
        let inner = name.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\"");
        let inner = Name::new(inner);
        self.globals.tablespaces.contains_key(&inner).then_some(inner)
    }

    pub(super) fn create_tablespace(
        &mut self,
        name: &str,
        owner: Option<&RoleSpec<'_>>,
        location: &str,
        options: &[(Text<'_>, Text<'_>)],
        origin: Origin,
    ) -> Result<()> {
        let name = self.stored(name, origin);
        if let Some(earlier) = self.globals.tablespaces.get(&name) {
            let line = self.ledger.line(earlier.created.origin).unwrap_or(0);
            return refuse(format!("tablespace {name} is created twice: first in line {line}"));
        }
        let owner = match owner {
            None | Some(RoleSpec::CurrentUser | RoleSpec::SessionUser) => None,
            Some(role) => Some(self.named(role, origin)?),
        };
        let tablespace = Tablespace {
            created: self.fact((), origin),
            owner: owner.map(|owner| self.fact(owner, origin)),
            location: location.into(),
            ..Tablespace::default()
        };
        self.globals.tablespaces.insert(name.clone(), tablespace);
        self.storage_options(&name, options, origin);
        Ok(())
    }

    fn storage_options(&mut self, name: &Name, options: &[(Text<'_>, Text<'_>)], origin: Origin) {
        for (option, value) in options {
            let fact = self.fact(Box::from(value.as_ref()), origin);
            let Some(tablespace) = self.globals.tablespaces.get_mut(name) else { return };
            if let Some(earlier) = tablespace.options.insert(Name::new(option), fact) {
                self.supersede(earlier.origin, &Subject::Tablespace(name.clone()), "an option");
            }
        }
    }

    pub(super) fn alter_tablespace(
        &mut self,
        name: &str,
        change: &TablespaceChange<'_>,
        origin: Origin,
    ) -> Result<()> {
        let name = self.stored(name, origin);
        if !self.globals.tablespaces.contains_key(&name) {
            return refuse(format!("tablespace {name} is not created before this"));
        }
        match change {
            TablespaceChange::Set(options) => self.storage_options(&name, options, origin),
            TablespaceChange::Reset(options) => {
                for option in options {
                    let Some(tablespace) = self.globals.tablespaces.get_mut(&name) else { break };
                    if let Some(earlier) = tablespace.options.remove(option.as_ref()) {
                        let object = &Subject::Tablespace(name.clone());
                        self.supersede(earlier.origin, object, "an option");
                    }
                }
            }
            TablespaceChange::Owner(owner) => {
                let owner = self.named(owner, origin)?;
                let fact = self.fact(owner, origin);
                let Some(tablespace) = self.globals.tablespaces.get_mut(&name) else {
                    return Ok(());
                };
                let earlier = tablespace.owner.replace(fact);
                tablespace.pass_on_grants(earlier.as_ref().map(|earlier| &earlier.value));
                if let Some(earlier) = earlier {
                    self.supersede(earlier.origin, &Subject::Tablespace(name.clone()), "its owner");
                }
            }
            TablespaceChange::Rename(to) => {
                let to = self.stored(to, origin);
                if self.globals.tablespaces.contains_key(&to) {
                    return refuse(format!(
                        "tablespace {name} is renamed to {to}, which exists already"
                    ));
                }
                if let Some(tablespace) = self.globals.tablespaces.remove(&name) {
                    self.ledger.change(tablespace.created.origin);
                    self.globals.tablespaces.insert(to, tablespace);
                }
            }
        }
        Ok(())
    }

    pub(super) fn drop_tablespace(&mut self, name: &str, origin: Origin) {
        let name = self.stored(name, origin);
        let object = &Subject::Tablespace(name.clone());
        if let Some(tablespace) = self.globals.tablespaces.remove(&name) {
            let message = "a later statement drops the tablespace";
            self.supersede_all(tablespace.origins(), object, message);
        } else {
            self.lost(origin);
            let message = "nothing is ever dropped on the target".to_owned();
            self.finding(&abouts::DROP, Action::Dropped, object, origin, message);
        }
    }
}
