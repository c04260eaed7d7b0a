//! What there is to say about the extensions of each database.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::installed::{Installed, installed};
use super::special::{
    Special, counterpart, is_at_home_in_pg_catalog, is_platforms_extension, specials,
};
use super::there::{Offer, There};
use crate::check::prelude::*;
use crate::platform::extensions::compare_versions;

const CLEAN: &str = "the target offers every extension, in no older version";

pub(super) fn each(cx: &Context, there: &There<'_>, out: &mut Outcomes<'_>) -> Verdict {
    cx.each_database(out, CLEAN, |_, database, out| {
        let mut sorted = Sorted::default();
        for extension in installed(database)? {
            if is_platforms_extension(extension.name) {
                sorted.platforms.push(Name::new(extension.name));
            } else {
                sorted.add(&extension, there);
            }
        }
        sorted.tell(there, out);
        Ok(())
    })
}

/// The extensions of a database, by what there is to say about them; each as it is shown.
#[derive(Default)]
struct Sorted {
    missing: Vec<(Name, String)>,
    /// Offered for older major versions only.
    outgrown: BTreeMap<Major, Vec<(Name, String)>>,
    counterparts: Vec<(Name, String, &'static str)>,
    /// The target has it, and the documentation does not.
    undocumented: Vec<String>,
    unknown: Vec<Name>,
    /// Offered in an older version.
    older: Vec<String>,
    newer: Vec<String>,
    /// `PostGIS` and its companions in an older version.
    older_postgis: Vec<String>,
    in_system_schema: Vec<Name>,
    platforms: Vec<Name>,
    special: Vec<(Name, &'static Special)>,
}

impl Sorted {
    fn add(&mut self, extension: &Installed<'_>, there: &There<'_>) {
        let name = Name::new(extension.name);
        let shown = format!("{name} {}", extension.version);
        let offer = there.offer(extension.name);
        let version = match &offer {
            Offer::Yes(version) => version.as_deref(),
            Offer::Undocumented(version) => {
                self.undocumented.push(format!("{name} {version}"));
                Some(&**version)
            }
            Offer::Unknown => {
                self.unknown.push(name.clone());
                None
            }
            Offer::No(older) => {
                match (older, counterpart(extension.name)) {
                    (Some(older), _) => {
                        self.outgrown.entry(*older).or_default().push((name, shown));
                    }
                    (None, Some(nearest)) => self.counterparts.push((name, shown, nearest)),
                    (None, None) => self.missing.push((name, shown)),
                }
                return;
            }
        };
        if let Some(version) = version {
            let both = format!("{shown} (there {version})");
            match compare_versions(version, extension.version) {
                Some(Ordering::Less)
                    if is_older_postgis(extension.name, version, extension.version) =>
                {
                    self.older_postgis.push(both);
                }
                Some(Ordering::Less) => self.older.push(both),
                Some(Ordering::Greater) => self.newer.push(both),
                _ => {}
            }
        }
        for special in specials(extension.name, extension.version, version) {
            self.special.push((name.clone(), special));
        }
        let is_system = ["pg_catalog", "information_schema"].contains(&extension.schema)
            || extension.schema.starts_with("pg_toast");
        if is_system && !is_at_home_in_pg_catalog(extension.name) {
            self.in_system_schema.push(name);
        }
    }

    fn tell(&self, there: &There<'_>, out: &mut Outcomes<'_>) {
        self.tell_missing(there, out);
        self.tell_versions(there, out);
        for (name, special) in &self.special {
            let found = format!("{name}: {}", special.found);
            let outcome = match special.state {
                State::Failed => out.failed(found),
                _ => out.warning(found),
            };
            outcome.remedy(special.remedy.as_str()).looked_at(there.looked_at());
            if let Some(method) = special.concerns {
                outcome.concerns(method);
            }
            if let Some(code) = special.code.as_deref() {
                outcome.code(code);
            }
        }
        if !self.in_system_schema.is_empty() {
            let names = list(&self.in_system_schema, usize::MAX);
            let move_it =
                |name: &Name| format!("ALTER EXTENSION {} SET SCHEMA public", identifier(name));
            let statements: Vec<_> = self.in_system_schema.iter().map(move_it).collect();
            out.failed(format!("in a system schema: {names}")).code("603407").remedy(format!(
                "on the source: {}; what cannot be moved: DROP EXTENSION, and CREATE EXTENSION … SCHEMA \
                 public",
                statements.join("; ")
            ));
        }
        if !self.platforms.is_empty() {
            let names = list(&self.platforms, usize::MAX);
            out.succeeded(format!("the platform's own, and not migrated: {names}"));
        }
    }

    fn tell_missing(&self, there: &There<'_>, out: &mut Outcomes<'_>) {
        for (name, shown, nearest) in &self.counterparts {
            out.failed(format!("{shown} is not offered by the target; {nearest}"))
                .code("603405")
                .looked_at(there.looked_at())
                .remedy(drop_on_source(&[name]));
        }
        if !self.missing.is_empty() {
            let (names, shown): (Vec<&Name>, Vec<&str>) =
                self.missing.iter().map(|(name, shown)| (name, &**shown)).unzip();
            out.failed(format!("not offered by the target: {}", list(&shown, usize::MAX)))
                .code("603405")
                .looked_at(there.looked_at())
                .remedy(drop_on_source(&names));
        }
        for (major, all) in &self.outgrown {
            let (names, shown): (Vec<&Name>, Vec<&str>) =
                all.iter().map(|(name, shown)| (name, &**shown)).unzip();
            out.failed(format!("not offered for {}: {}", there.major(), list(&shown, usize::MAX)))
                .code("603408")
                .looked_at(there.looked_at())
                .remedy(format!(
                    "create the target with version {major}, for which Azure documents it; or {}",
                    drop_on_source(&names)
                ));
        }
        if !self.undocumented.is_empty() {
            out.warning(format!(
                "the target has it, but the documentation of Azure does not list it for {}: {}",
                there.major(),
                list(&self.undocumented, usize::MAX)
            ))
            .looked_at(there.looked_at())
            .remedy("see whether azure.extensions of the target can be set to it");
        }
        if !self.unknown.is_empty() {
            let names = list(&self.unknown, usize::MAX);
            out.unknown(format!(
                "neither the target nor the documentation could be asked for {names}"
            ));
        }
    }

    fn tell_versions(&self, there: &There<'_>, out: &mut Outcomes<'_>) {
        if !self.older_postgis.is_empty() {
            let found = list(&self.older_postgis, usize::MAX);
            out.failed(format!("older on the target: {found}"))
                .code("603406")
                .looked_at(there.looked_at())
                .remedy("create the target with a version that has it");
        }
        if !self.older.is_empty() {
            out.warning(format!("older on the target: {}", list(&self.older, usize::MAX)))
                .looked_at(there.looked_at())
                .remedy("see that nothing needs what is new in the source's version");
        }
        if !self.newer.is_empty() {
            out.succeeded(format!(
                "{} newer on the target, where restoring creates them in its version: {}",
                count(self.newer.len(), "extension"),
                list(&self.newer, usize::MAX)
            ))
            .looked_at(there.looked_at());
        }
    }
}

fn drop_on_source(names: &[&Name]) -> String {
    let names: Vec<String> = names.iter().map(|name| identifier(name)).collect();
    format!(
        "on the source, when nothing needs it any more: DROP EXTENSION {}",
        list(&names, usize::MAX)
    )
}

/// Whether the target's version of `PostGIS`, or of a companion, lacks features: the third number only
/// counts corrections.
fn is_older_postgis(name: &str, there: &str, here: &str) -> bool {
    let release = |version: &str| version.split('.').take(2).collect::<Vec<_>>().join(".");
    name.starts_with("postgis")
        && compare_versions(&release(there), &release(here)) == Some(Ordering::Less)
}

#[cfg(test)]
mod tests {
    use super::is_older_postgis;

    #[test]
    fn corrections_of_postgis_are_no_release() {
        assert!(!is_older_postgis("postgis", "3.5.2", "3.5.3"));
        assert!(!is_older_postgis("postgis_raster", "3.5.0", "3.5.3dev"));
        assert!(is_older_postgis("postgis", "3.4.3", "3.5.0"));
        assert!(is_older_postgis("postgis_topology", "2.5.5", "3.0.0"));
        assert!(!is_older_postgis("hstore", "1.4", "1.8"));
    }
}
