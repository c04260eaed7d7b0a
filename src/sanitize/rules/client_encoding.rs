//! `client_encoding`, where the target's databases have encodings that are not converted into it.

use crate::encoding::{converts, named};
use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::name::Name;
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "client-encoding",
    severity: Severity::Error,
    why: "nobody can log in where the client's encoding is not converted into the database's",
    explanation: "A session begins with the client_encoding that is set for its role or database, and \
                  where PostgreSQL has no conversion between that and the database's encoding, it \
                  ends at once: `FATAL: conversion between LATIN1 and EUC_JP is not supported`. \
                  UTF8 is converted into all encodings but MULE_INTERNAL, most others into few. \
                  ALTER ROLE takes what is converted in the database that it is run in, whatever the \
                  others have. A client that names its encoding itself, as \
                  PGCLIENTENCODING lets psql do, is let in.\n\n\
                  Where the setting would let nobody into any database that it is for, it is left \
                  out. Where only some databases are of such an encoding, as they may be on the \
                  source, it is set, with a warning. Looked at are the databases that \
                  the target has; a script is made without knowing them.",
    remedy: "for the databases that the message names, set an encoding that is converted: ALTER ROLE … IN \
             DATABASE … SET client_encoding TO 'UTF8'",
};

/// How many databases a message names.
const NAMED: usize = 5;

pub(super) struct ClientEncoding;

impl SettingRule for ClientEncoding {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if !key.name.is("client_encoding") {
            return Verdict::Keep;
        }
        let text = setting.value.parts().next().unwrap_or_default();
        let (Some(answers), Some(encoding)) = (cx.rights.answers(), named(text)) else {
            return Verdict::Keep;
        };
        // What is set for the role in one database counts more there.
        let is_for = |database: &Name| match &key.database {
            Some(own) => own == database,
            None => !cx.encoded.contains(&(key.role.clone(), database.clone())),
        };
        let databases = answers.databases.iter().filter(|(name, _)| is_for(name));
        let all: Vec<_> = databases
            .filter_map(|(name, database)| Some((name, database.encoding.as_deref()?)))
            .collect();
        let shut: Vec<_> = all.iter().filter(|(_, its)| !converts(encoding, its)).collect();
        if shut.is_empty() {
            return Verdict::Keep;
        }
        let named = shut.iter().take(NAMED).map(|(name, its)| format!("{name} ({its})"));
        let mut message =
            format!("{encoding} is not converted in {}", named.collect::<Vec<_>>().join(", "));
        if let Some(more @ 1..) = shut.len().checked_sub(NAMED) {
            message = format!("{message} and {more} more");
        }
        let object = key.subject();
        if shut.len() == all.len() {
            cx.report(&ABOUT, Action::Dropped, object, setting.origin, message);
            return Verdict::Drop;
        }
        let (severity, action) = (Severity::Warning, Action::Kept);
        cx.report_as(&ABOUT, severity, action, object, setting.origin, message);
        Verdict::Keep
    }
}
