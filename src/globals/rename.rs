//! Roles under new names.

use std::collections::BTreeMap;

use super::fact::Origin;
use super::model::Globals;
use super::setting::Value;
use crate::name::Name;

impl Globals {
    /// Gives roles their new names, all at once: two may swap theirs. Gives what states the settings
    /// that named them.
    pub fn rename_all(&mut self, names: &BTreeMap<Name, Name>) -> Vec<Origin> {
        let mut changed = Vec::new();
        for (key, setting) in &mut self.settings {
            // The roles that sessions begin as.
            let begins_as = key.name.is("role") || key.name.is("session_authorization");
            if begins_as
                && let Value::Text(role) = &setting.value
                && let Some(to) = names.get(role.as_ref())
            {
                setting.value = Value::Text(to.as_str().into());
                changed.push(setting.origin);
            }
        }
        let between = |number: usize| Name::new(format!("\0{number}"));
        for (number, from) in names.keys().enumerate() {
            self.rename(from, &between(number));
        }
        for (number, to) in names.values().enumerate() {
            self.rename(&between(number), to);
        }
        self.sort();
        changed
    }
}
