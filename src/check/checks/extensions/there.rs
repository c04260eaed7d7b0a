//! What the target offers, by the best witness that there is: the server, then az, then the
//! documentation.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::azure::Parameter;
use crate::check::prelude::*;
use crate::platform::extensions::{Documented, documented, offered};

pub(in crate::check::checks) const AVAILABLE: Question = Question {
    name: "pg_available_extensions",
    of: Of::Target,
    sql: |_| Some("SELECT name, default_version FROM pg_available_extensions"),
};

/// Those versions, by the extensions' names.
pub(in crate::check::checks) fn versions(rows: &[Row]) -> Result<BTreeMap<&str, &str>, Unseen> {
    rows.iter().map(|row| Ok((row.text("name")?, row.text("default_version")?))).collect()
}

/// It stands in no `pg_settings` where nothing has loaded what defines it.
pub(super) const ALLOWED: Question = Question {
    name: "azure.extensions",
    of: Of::Target,
    sql: |major| {
        (major > Major::OLDEST)
            .then_some("SELECT current_setting('azure.extensions', true) AS value")
    },
};

/// The parameter that lists what may be created.
pub(super) const ALLOW_LIST: &str = "azure.extensions";
/// The parameter that lists what is loaded when the server starts.
pub(super) const PRELOAD: &str = "shared_preload_libraries";

/// What will be of an extension on the target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Offer {
    /// It is offered, in this version where it is known.
    Yes(Option<String>),
    /// The server has it, in this version, but the documentation does not list it.
    Undocumented(String),
    /// It is not offered; by the documentation it is for this major version, to which the source can
    /// be migrated too.
    No(Option<Major>),
    /// Nobody could be asked.
    Unknown,
}

/// The target, as far as it can be asked.
pub(super) struct There<'a> {
    major: Option<Major>,
    /// The major version of the source.
    source: Major,
    /// By the server: names and versions.
    available: Option<BTreeMap<&'a str, &'a str>>,
    /// By az: what the allow-list can be set to, in lower case.
    allowable: BTreeSet<String>,
    /// By az: what can be preloaded, in lower case.
    preloadable: BTreeSet<String>,
    /// What the allow-list is set to.
    pub(super) allowed: Result<Vec<String>, Unseen>,
    /// What is preloaded.
    pub(super) preloaded: Result<Preloaded, Unseen>,
}

/// What is preloaded, and what will be after a restart.
pub(super) struct Preloaded {
    /// What is there, and what was set but waits.
    pub(super) set: Vec<String>,
    /// What is there now; all of it where only az was asked.
    pub(super) running: Vec<String>,
    /// Whether az tells what it is set to.
    pub(super) is_told: bool,
}

impl<'a> There<'a> {
    pub(super) fn of(cx: &'a Context) -> Result<Self, Unseen> {
        let source = cx.source.server()?.live.answers.major;
        let told = || cx.azure.server.as_ref()?.version.as_ref()?.parse().ok();
        let is_told = cx.azure.parameters.is_some();
        let live = match (&cx.target.server, is_told) {
            (Err(_), true) => None,
            _ => cx.target.server().ok().map(|server| server.live.answers.major),
        };
        let available = cx.target.rows_unless_told(is_told, &AVAILABLE);
        let available = available.map(versions);
        let lower = |names: Vec<String>| names.into_iter().map(|name| name.to_ascii_lowercase());
        let values = |name| {
            let values = parameter(&cx.azure, name).and_then(|it| it.allowed.as_deref());
            lower(elements(values.unwrap_or_default())).collect()
        };
        Ok(Self {
            major: live.or_else(told),
            source,
            available: available.transpose()?,
            allowable: values(ALLOW_LIST),
            preloadable: values(PRELOAD),
            allowed: allowed(cx),
            preloaded: preloaded(cx),
        })
    }

    /// Whether the allow-list names it. Where nobody can see it, it does not.
    pub(super) fn allows(&self, name: &str) -> bool {
        self.allowed.as_ref().is_ok_and(|list| contains(list, name))
    }

    /// What will be of this extension.
    pub(super) fn offer(&self, name: &str) -> Offer {
        let documentation = self.major.map_or(Documented::Unknown, |it| documented(name, it));
        let (older, version) = match documentation {
            Documented::Offered(version) => (None, version),
            Documented::Missing(older) => (older.filter(|older| *older >= self.source), None),
            Documented::Unknown => (None, None),
        };
        let no = Offer::No(older);
        // What it can be set to is the service's own word.
        let allowable = (!self.allowable.is_empty())
            .then(|| self.allowable.contains(&name.to_ascii_lowercase()));
        let Some(available) = &self.available else {
            let version = version.map(str::to_owned);
            return match (allowable, documentation) {
                (Some(true), _) | (None, Documented::Offered(_)) => Offer::Yes(version),
                (Some(false), _) | (None, Documented::Missing(_)) => no,
                (None, Documented::Unknown) => Offer::Unknown,
            };
        };
        let Some(version) = available.get(name).map(|version| (*version).to_owned()) else {
            return no;
        };
        match allowable {
            Some(false) => no,
            None if matches!(documentation, Documented::Missing(_)) && !self.allows(name) => {
                Offer::Undocumented(version)
            }
            Some(true) | None => Offer::Yes(Some(version)),
        }
    }

    /// Whether an extension needs this library of the same or another name to be preloaded: by the
    /// documentation, where the server itself does not say that it cannot be.
    pub(super) fn needs(&self, extension: &str, library: &str) -> bool {
        let can_be = self.preloadable.is_empty() || contains(&self.preloadable, library);
        can_be && offered(extension).is_some_and(|it| it.preload)
    }

    /// Whether a library can be preloaded: as the server itself says, else by the documentation.
    pub(super) fn preloads(&self, library: &str) -> bool {
        if !self.preloadable.is_empty() {
            return contains(&self.preloadable, library);
        }
        let documentation = self.major.map(|major| documented(library, major));
        let is_offered = matches!(documentation, Some(Documented::Offered(_)));
        is_offered && offered(library).is_some_and(|it| it.preload)
    }

    /// Whose word it is what can be preloaded.
    pub(super) fn preloads_by(&self) -> &'static str {
        if self.preloadable.is_empty() {
            "a flexible server does not offer, by the documentation of Azure"
        } else {
            "the target does not take, by the values that az shows for it"
        }
    }

    /// Where it was looked.
    pub(super) fn looked_at(&self) -> &'static str {
        if self.available.is_some() {
            "pg_extension of the source, pg_available_extensions of the target"
        } else {
            "pg_extension of the source, the documentation of Azure"
        }
    }

    /// For which major version.
    pub(super) fn major(&self) -> String {
        self.major.map_or_else(|| "the target".to_owned(), |major| format!("version {major}"))
    }
}

/// Names of extensions and libraries, in any case, and with any directory.
pub(super) fn contains<'a>(list: impl IntoIterator<Item = &'a String>, name: &str) -> bool {
    list.into_iter().any(|one| base(one).eq_ignore_ascii_case(base(name)))
}

/// A library without its directory: `$libdir/pg_cron`.
pub(super) fn base(library: &str) -> &str {
    library.rsplit('/').next().unwrap_or(library)
}

fn parameter<'a>(azure: &'a Azure, name: &str) -> Option<&'a Parameter> {
    azure.parameters.as_ref()?.get(name)
}

fn allowed(cx: &Context) -> Result<Vec<String>, Unseen> {
    let told = parameter(&cx.azure, ALLOW_LIST).and_then(|it| it.value.as_deref());
    let live = cx.target.rows_unless_told(told.is_some(), &ALLOWED);
    let live = live.and_then(|rows| rows.first()?.get("value").ok()?);
    let value = live.or(told);
    let unseen = || Unseen("nothing shows azure.extensions of the target".to_owned());
    value.map(elements).ok_or_else(unseen)
}

fn preloaded(cx: &Context) -> Result<Preloaded, Unseen> {
    let told = parameter(&cx.azure, PRELOAD).and_then(|it| it.value.as_deref()).map(elements);
    let live = match (&cx.target.server, &told) {
        (Err(_), Some(_)) => None,
        _ => cx.target.setting(PRELOAD).ok().flatten().map(|setting| elements(&setting.value)),
    };
    match (live, told) {
        (Some(running), Some(set)) => Ok(Preloaded { set, running, is_told: true }),
        (Some(all), None) => Ok(Preloaded { set: all.clone(), running: all, is_told: false }),
        (None, Some(all)) => Ok(Preloaded { set: all.clone(), running: all, is_told: true }),
        (None, None) => {
            Err(Unseen("nothing shows shared_preload_libraries of the target".to_owned()))
        }
    }
}
