//! Settings of roles and databases.

use std::collections::btree_map::Entry;

use super::collector::Collector;
use super::refusal::{Result, refuse};
use crate::finding::Subject;
use crate::globals::fact::Origin;
use crate::globals::model::SettingKey;
use crate::globals::setting::{SettingName, Value};
use crate::sql::{RoleSpec, SettingChange, SettingValue};

impl Collector {
    pub(super) fn alter_setting(
        &mut self,
        role: Option<&RoleSpec<'_>>,
        database: Option<&str>,
        change: &SettingChange<'_>,
        origin: Origin,
    ) -> Result<()> {
        let role = role.map(|role| self.named(role, origin)).transpose()?;
        let database = database.map(|name| self.stored(name, origin));
        if let Some(role) = &role {
            self.globals.roles.entry(role.clone()).or_default();
        }
        match change {
            SettingChange::Set { name, value } => {
                let name = SettingName::new(name);
                let value = match value {
                    SettingValue::Values(values) => Value::of(&name, values),
                    SettingValue::Empty if name.is_quoted_list() => Value::of::<&str>(&name, &[]),
                    SettingValue::Empty => Value::Text("".into()),
                    SettingValue::Default => return Ok(()),
                    SettingValue::FromCurrent => {
                        return refuse("FROM CURRENT: a dump does not tell the session's value");
                    }
                };
                let fact = self.fact(value, origin);
                let key = SettingKey { database, role, name };
                match self.globals.settings.entry(key) {
                    Entry::Vacant(entry) => {
                        if let Some(mentions) = &mut self.mentions {
                            mentions.add_setting(entry.key());
                        }
                        entry.insert(fact);
                    }
                    Entry::Occupied(mut entry) => {
                        let earlier = entry.insert(fact);
                        let object = entry.key().subject();
                        self.supersede(earlier.origin, &object, "its value");
                    }
                }
            }
            SettingChange::Reset(name) => {
                let key = SettingKey { database, role, name: SettingName::new(name) };
                let about = key.subject();
                self.reset(&[key], &about, origin);
            }
            SettingChange::ResetAll => {
                let is_meant = |key: &&SettingKey| key.role == role && key.database == database;
                let keys: Vec<_> = if let Some(role) = &role {
                    self.mentions().settings(role).filter(is_meant).cloned().collect()
                } else {
                    self.globals.settings.keys().filter(is_meant).cloned().collect()
                };
                let about = Subject::Setting { role, database, name: "ALL".into() };
                self.reset(&keys, &about, origin);
            }
        }
        Ok(())
    }

    fn reset(&mut self, keys: &[SettingKey], about: &Subject, origin: Origin) {
        let mut any = false;
        for key in keys {
            if let Some(earlier) = self.globals.settings.remove(key) {
                if let Some(mentions) = &mut self.mentions {
                    mentions.remove_setting(key);
                }
                any = true;
                self.supersede(earlier.origin, &key.subject(), "its value");
            }
        }
        if !any {
            let why = "nothing is set that this could reset".to_owned();
            self.no_effect(origin, about, why);
        }
    }
}
