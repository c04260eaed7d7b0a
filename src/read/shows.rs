//! What a source can have shown.

use crate::globals::Globals;

/// Which settings a source can have shown, beside those of roles everywhere: a globals dump has none of
/// databases, in databases or of all roles, and the whole dump of a cluster none of all roles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shows {
    /// Those of and in databases.
    pub databases: bool,
    /// Those of all roles everywhere.
    pub everybody: bool,
}

impl Shows {
    /// Everything.
    pub const ALL: Self = Self { databases: true, everybody: true };

    /// Takes the others out of what another source shows. Gives their number.
    pub fn hide_settings(self, globals: &mut Globals) -> usize {
        let before = globals.settings.len();
        globals.settings.retain(|key, _| match (&key.database, &key.role) {
            (Some(_), _) => self.databases,
            (None, None) => self.everybody,
            (None, Some(_)) => true,
        });
        before - globals.settings.len()
    }
}
