//! What the target's parameters must list before extensions can be created.

use super::installed::Needed;
use super::special::{is_platforms_library, library};
use super::there::{ALLOW_LIST, Offer, PRELOAD, There, base, contains};
use crate::check::prelude::*;

/// How many databases are named for an extension.
const DATABASES: usize = 3;

/// Whether it will be created on the target, as far as anybody knows.
fn is_wanted(there: &There<'_>, name: &str) -> bool {
    matches!(there.offer(name), Offer::Yes(_) | Offer::Unknown)
}

/// Which extensions have to be on the allow-list.
pub(super) fn allow_list(
    cx: &Context,
    there: &There<'_>,
    needed: &Needed<'_>,
    out: &mut Outcomes<'_>,
) {
    const LOOKED_AT: &str = "azure.extensions of the target";
    let wanted: Vec<&str> =
        needed.databases.keys().copied().filter(|name| is_wanted(there, name)).collect();
    let allowed = match &there.allowed {
        Ok(allowed) => allowed,
        Err(_) if wanted.is_empty() && needed.unseen == 0 => {
            succeeded(needed, "no extension has to be on the allow-list", out).looked_at(LOOKED_AT);
            return;
        }
        Err(why) => {
            let show = cx.azure.parameters_command();
            let must = if wanted.is_empty() {
                let unseen = count(needed.unseen, "database");
                format!("what it must list is not known either, since {unseen} could not be seen")
            } else {
                format!("it must list {}", list(&wanted, wanted.len()))
            };
            out.unknown(format!("{why}: {must}"))
                .code("603108")
                .looked_at(LOOKED_AT)
                .remedy(format!("{show}, to a file for --azure-parameters"));
            return;
        }
    };
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|name| !contains(allowed, name)).collect();
    if missing.is_empty() {
        let found = match wanted.len() {
            0 => "no extension has to be on the allow-list".to_owned(),
            1 => "the extension that has to be on the allow-list is there".to_owned(),
            many => format!("the {many} extensions that have to be on the allow-list are there"),
        };
        succeeded(needed, &found, out).code("603108").looked_at(LOOKED_AT);
        return;
    }
    let named: Vec<String> = missing.iter().map(|name| named(name, needed)).collect();
    let value: Vec<&str> = allowed.iter().map(String::as_str).chain(missing).collect();
    out.failed(format!(
        "{} not on the allow-list: {}",
        count(named.len(), "extension"),
        list(&named, named.len())
    ))
    .code("603108")
    .looked_at(LOOKED_AT)
    .remedy(cx.azure.set_parameter(ALLOW_LIST, &value.join(",")));
}

/// Which libraries have to be loaded when the target starts.
pub(super) fn preload(
    cx: &Context,
    there: &There<'_>,
    needed: &Needed<'_>,
    out: &mut Outcomes<'_>,
) {
    const LOOKED_AT: &str = "shared_preload_libraries of both servers";
    let wanted: Vec<&str> = needed
        .databases
        .keys()
        .copied()
        .filter(|name| there.needs(name, library(name)))
        .filter(|name| is_wanted(there, name))
        .collect();
    let preloaded = match &there.preloaded {
        Ok(preloaded) => preloaded,
        Err(why) => {
            let show = cx.azure.parameters_command();
            let libraries: Vec<_> = wanted.iter().map(|name| library(name)).collect();
            let must = match libraries.len() {
                0 => "the databases' extensions need nothing there".to_owned(),
                all => format!("it must list {}", list(&libraries, all)),
            };
            out.unknown(format!("{why}: {must}"))
                .code("603109")
                .looked_at(LOOKED_AT)
                .remedy(format!("{show}, to a file for --azure-parameters"));
            return;
        }
    };
    let missing: Vec<&str> =
        wanted.iter().copied().filter(|name| !contains(&preloaded.set, library(name))).collect();
    let others = Others::of(cx, there, &wanted, &preloaded.set);
    let more =
        missing.iter().map(|name| library(name)).chain(others.offered.iter().map(|it| &**it));
    // The running server's value has the platform's libraries as well, which nobody can set.
    let own = preloaded.set.iter().map(String::as_str);
    let own = own.filter(|library| !is_platforms_library(base(library)));
    let value: Vec<&str> = own.chain(more).collect();
    let set = cx.azure.set_parameter(PRELOAD, &value.join(","));
    let restart = cx.azure.command("restart", "");
    let look = if preloaded.is_told {
        String::new()
    } else {
        format!(
            "look at its value first, which has to stay in it: {}; then ",
            cx.azure.show_parameter(PRELOAD)
        )
    };
    let remedy =
        format!("{look}{set}, and then, since it takes effect with a restart only: {restart}");
    if !missing.is_empty() {
        let named: Vec<String> = missing.iter().map(|name| named(name, needed)).collect();
        out.failed(format!(
            "{} not preloaded, which must be, by the documentation of Azure: {}",
            count(named.len(), "extension"),
            list(&named, named.len())
        ))
        .code("603109")
        .looked_at(LOOKED_AT)
        .remedy(&remedy);
    }
    let waiting: Vec<&String> =
        preloaded.set.iter().filter(|it| !contains(&preloaded.running, it)).collect();
    if !waiting.is_empty() {
        out.failed(format!("{} set, but not loaded yet", list(&waiting, waiting.len())))
            .code("603109")
            .looked_at(LOOKED_AT)
            .remedy(&restart);
    }
    if missing.is_empty() && waiting.is_empty() {
        let found = match wanted.len() {
            0 => "no extension of the databases has to be preloaded".to_owned(),
            all => format!("what has to be preloaded is: {}", list(&wanted, all)),
        };
        succeeded(needed, &found, out).code("603109").looked_at(LOOKED_AT);
    }
    others.tell(LOOKED_AT, &remedy, out);
}

/// Libraries that the source preloads, and the target does not, though no extension needs them.
struct Others {
    offered: Vec<String>,
    missing: Vec<String>,
    unseen: bool,
    by: &'static str,
}

impl Others {
    fn of(cx: &Context, there: &There<'_>, wanted: &[&str], set: &[String]) -> Self {
        let setting = cx.source.setting(PRELOAD).ok().flatten();
        let mut others = Self {
            offered: Vec::new(),
            missing: Vec::new(),
            unseen: setting.is_none(),
            by: there.preloads_by(),
        };
        for library in elements(&setting.map(|it| it.value).unwrap_or_default()) {
            let name = base(&library);
            let is_wanted = wanted.iter().any(|it| super::special::library(it) == name);
            if is_wanted || is_platforms_library(name) || contains(set, name) {
                continue;
            }
            if there.preloads(name) {
                others.offered.push(name.to_owned());
            } else {
                others.missing.push(name.to_owned());
            }
        }
        others
    }

    fn tell(&self, looked_at: &str, remedy: &str, out: &mut Outcomes<'_>) {
        if self.unseen {
            out.unknown("nothing shows what the source preloads")
                .looked_at(looked_at)
                .remedy("connect to the source as a member of pg_read_all_settings");
        }
        if !self.offered.is_empty() {
            out.warning(format!(
                "the source preloads what the target does not: {}",
                list(&self.offered, self.offered.len())
            ))
            .looked_at(looked_at)
            .remedy(remedy);
        }
        if !self.missing.is_empty() {
            out.warning(format!(
                "the source preloads what {}: {}",
                self.by,
                list(&self.missing, self.missing.len())
            ))
            .looked_at(looked_at)
            .remedy("find out what needs it, and do without");
        }
    }
}

/// Success, as far as all databases could be seen.
fn succeeded<'o>(needed: &Needed<'_>, found: &str, out: &'o mut Outcomes<'_>) -> &'o mut Outcome {
    match needed.unseen {
        0 => out.succeeded(found),
        unseen => {
            out.unknown(format!("{found}, but {} could not be seen", count(unseen, "database")))
        }
    }
}

/// `hstore (in crm, shop)`.
fn named(extension: &str, needed: &Needed<'_>) -> String {
    let databases = needed.databases.get(extension).map(Vec::as_slice).unwrap_or_default();
    format!("{} (in {})", Name::new(extension), list(databases, DATABASES))
}
