//! What a comparison did not look at, and what cannot be compared.

use std::fmt::Write as _;

use serde::Serialize;

use crate::words::plural;

/// How much was left out, by its reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// Passwords that cannot be compared: one side does not show them.
    pub passwords: usize,
    /// Settings that cannot be compared: one side cannot have shown them.
    pub settings: usize,
    /// Owners of tablespaces that cannot be compared: one side does not tell them.
    pub owners: usize,
    /// Roles of the platforms themselves.
    pub platform_roles: usize,
    /// Tablespaces of the platforms themselves.
    pub platform_tablespaces: usize,
    /// Roles that `--only`, `--exclude` and `--database` leave out.
    pub selection: usize,
    /// With `--as`: roles that copy never touches: whoever is connected, superusers, administrators.
    pub protected: usize,
    /// Differences that `--ignore` leaves out.
    pub ignored: usize,
    /// Ends of passwords that are `infinity` on one side and absent on the other, which is the same.
    pub infinity: usize,
    /// Settings that are spelled in another way on the other side, and have the same value.
    pub spelling: usize,
    /// With `--as`: roles that only the right side has.
    pub only_right: usize,
    /// With `--as`: what the right side's roles have beyond the left side's.
    pub extra: usize,
    /// With `--as`: what waits for its database.
    pub deferred: usize,
    /// With `--as`: what the target refuses, or would shut a role out.
    pub withheld: usize,
    /// With `--as`: what of the left side the platform does not take, or takes otherwise: the findings that
    /// are no information only, and say that something was dropped or rewritten.
    pub not_taken: usize,
    /// Of the passwords that cannot be compared: those of login roles that have none on the right side.
    pub without_password: usize,
}

impl LeftOut {
    /// What cannot be compared.
    fn incomparable(self) -> [(usize, &'static str, &'static str); 3] {
        [
            (self.passwords, "password", ""),
            (self.settings, "setting", ""),
            (self.owners, "tablespace owner", ""),
        ]
    }

    /// What was not looked at, or is no difference.
    fn others(self) -> [(usize, &'static str, &'static str); 12] {
        [
            (self.platform_roles, "platform role", " (of both sides)"),
            (self.platform_tablespaces, "platform tablespace", ""),
            (self.selection, "role", " not selected"),
            (self.protected, "role", " that copy never touches"),
            (self.ignored, "difference", " ignored"),
            (self.infinity, "VALID UNTIL 'infinity'", " that says the same as none"),
            (self.spelling, "setting", " in another spelling of the same value"),
            (self.only_right, "role", " that only the right side has"),
            (self.extra, "thing", " that roles have beyond the left side"),
            (self.deferred, "setting", " of a database that is not there yet"),
            (self.withheld, "change", " that copy would not make"),
            (
                self.not_taken,
                "thing",
                " of the left side that the platform does not take (findings, which --format json shows)",
            ),
        ]
    }

    /// Both in words: `, apart from 2 that cannot be compared (2 passwords); left out: 1 platform role`.
    pub(crate) fn words(self) -> String {
        let list = |all: &[(usize, &str, &str)]| {
            let some = all.iter().filter(|(count, ..)| *count > 0);
            let some = some.map(|(count, what, more)| format!("{}{more}", plural(*count, what)));
            some.collect::<Vec<_>>().join(", ")
        };
        let incomparable = self.incomparable();
        let mut words = String::new();
        let count: usize = incomparable.iter().map(|(count, ..)| count).sum();
        if count > 0 {
            let list = list(&incomparable);
            let _ = write!(words, ", apart from {count} that cannot be compared ({list})");
        }
        if self.without_password > 0 {
            let roles = plural(self.without_password, "login role");
            let _ = write!(words, "; on the right side {roles} without a password");
        }
        let others = list(&self.others());
        if !others.is_empty() {
            let _ = write!(words, "; left out: {others}");
        }
        words
    }
}
