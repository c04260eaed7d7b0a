//! What belongs to a database and stands in no dump of its contents: its limit and its settings. Its owner
//! and its privileges are compared as those of every object.

use std::collections::BTreeMap;

use super::catalog::Entry;
use crate::globals::{Change, Globals, Origin, Setting, SettingKey};
use crate::name::Name;

/// A property that the target's database does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Property {
    /// `CONNECTION LIMIT`.
    ConnectionLimit {
        /// What the target has; -1 is any number.
        from: i32,
        /// What the source has.
        to: i32,
    },
    /// A setting of the database, as what would bring it.
    Setting(Box<Change>),
}

/// What the target's database lacks.
pub(super) fn compare(
    name: &Name,
    [source, target]: [&Entry; 2],
    wanted: &BTreeMap<SettingKey, Setting>,
    current: &Globals,
) -> Vec<Property> {
    let mut all = Vec::new();
    let (from, to) = (target.connection_limit, source.connection_limit);
    // One that lets nobody in is how databases are closed for the move.
    if from != to && to != 0 {
        all.push(Property::ConnectionLimit { from, to });
    }
    let own = wanted.iter().filter(|(key, _)| key.database.as_ref() == Some(name));
    for (key, setting) in own {
        let there = current.settings.get(key);
        if there.is_some_and(|there| there.value == setting.value) {
            continue;
        }
        all.push(Property::Setting(Box::new(Change::Setting {
            key: key.clone(),
            from: there.map(|there| there.value.clone()),
            to: Some(setting.value.clone()),
            origin: Origin::LIVE,
        })));
    }
    all
}
