//! What the migration service's own validation said, beside what the other checks say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::check::azure::{Item, Validation};
use crate::check::data;
use crate::check::prelude::*;

static ABOUT: About = About {
    name: "service-validation",
    codes: &[],
    title: "what the migration service's own validation said, beside the other checks",
    explanation: "The migration service validates by itself before it migrates: az postgres \
                  flexible-server migration create with --migration-option Validate (see \
                  --migration-json), and az postgres flexible-server migration show tells what came \
                  of it, which --azure-migration brings here. Each of its results is a line with its \
                  own state and words, and what the checks of this program say of the same. For the \
                  service its own word stands: where it found nothing, a check that fails with one \
                  of its error codes concerns pg_dump only, or becomes a warning where it concerns \
                  the service alone; where it found something, that fails, whatever the checks say. \
                  It is as old as the time in the line: validate again after a change.",
    looked_at: "az postgres flexible-server migration show",
    online: false,
};

/// The file says what each of it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    what: String,
    checks: Vec<String>,
}

static KNOWN: LazyLock<BTreeMap<String, Known>> =
    LazyLock::new(|| data::read(include_str!("../data/validations.toml")));

/// Whether the service has reached both servers.
pub(super) fn has_connected(cx: &Context) -> Option<bool> {
    let items = &cx.azure.validation.as_ref()?.items;
    let item = items.iter().find(|it| it.kind == "AuthenticationAndConnectivityValidation")?;
    Some(item.state == State::Succeeded)
}

pub(super) struct ServiceValidation;

impl Check for ServiceValidation {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let Some(validation) = &cx.azure.validation else { return Ok(()) };
        let again = || {
            let validate = cx.azure.validate("migration.json");
            format!("mend it, and let the service validate again: {validate}")
        };
        if validation.items.is_empty() {
            let name = shown(&validation.name);
            out.unknown(format!("the migration {name} has not validated anything yet"))
                .concerns(Method::Service)
                .remedy(cx.azure.validate("migration.json"));
        }
        for item in &validation.items {
            let found = text(validation, item);
            let outcome = match item.state {
                State::Failed => out.failed(found).remedy(again()),
                State::Warning => out.warning(found).remedy(again()),
                State::Unknown => out.unknown(found),
                State::Succeeded => out.succeeded(found),
            };
            outcome.concerns(Method::Service);
            if let Some(database) = &item.database {
                outcome.database(database);
            }
        }
        Ok(())
    }

    fn review(&self, cx: &Context, all: &mut [Outcome]) {
        let Some(validation) = &cx.azure.validation else { return };
        let mut notes = Vec::new();
        for item in &validation.items {
            let Some(known) = KNOWN.get(&item.kind) else { continue };
            notes.push((text(validation, item), item.database.clone(), beside(item, known, all)));
        }
        for (found, database, note) in notes {
            let of_item = |it: &&mut Outcome| {
                it.check == ABOUT.name && it.found == found && it.database == database
            };
            if let Some(outcome) = all.iter_mut().find(of_item) {
                outcome.found.push_str(&note);
            }
        }
        for outcome in all.iter_mut().filter(|it| it.check != ABOUT.name) {
            if outcome.state == State::Failed
                && outcome.code.is_some()
                && is_fine(cx, validation, outcome)
            {
                give_way(outcome);
            }
        }
    }
}

/// `ExtensionsValidation at 2026-11-28T08:00:00+00:00: Unsupported Extension…`.
fn text(validation: &Validation, item: &Item) -> String {
    let mut out = shown(&item.kind);
    if let Some(known) = KNOWN.get(&item.kind) {
        out = format!("{out}, {}", known.what);
    }
    if let Some(ended) = &validation.ended {
        out = format!("{out}, at {}", shown(ended));
    }
    let messages: Vec<String> = item.messages.iter().map(|it| shown(it.trim())).collect();
    match messages.as_slice() {
        [] => out,
        messages => format!("{out}: {}", messages.join("; ")),
    }
}

/// What the checks say of the same.
fn beside(item: &Item, known: &Known, all: &[Outcome]) -> String {
    let of_it = |it: &&Outcome| {
        let is_about =
            it.database.is_none() || item.database.is_none() || it.database == item.database;
        known.checks.iter().any(|name| name == it.check) && is_about
    };
    let worst =
        all.iter().filter(of_it).map(|it| (rank(it.state), it)).max_by_key(|(rank, _)| *rank);
    let Some((_, worst)) = worst else { return String::new() };
    let state = worst.state.as_str();
    let complains = |state| matches!(state, State::Failed | State::Warning);
    if complains(item.state) == complains(worst.state) {
        format!(" (the check {} says {state})", worst.check)
    } else {
        format!(
            " (the check {} says {state}, and differs: for the service its own word stands)",
            worst.check
        )
    }
}

fn rank(state: State) -> usize {
    State::ALL.iter().rev().position(|it| *it == state).unwrap_or_default()
}

/// Whether the service has found nothing wrong with what an outcome is about: in each of the databases,
/// where it is about none.
fn is_fine(cx: &Context, validation: &Validation, outcome: &Outcome) -> bool {
    let of_check = |item: &&Item| {
        let known = KNOWN.get(&item.kind);
        known.is_some_and(|known| known.checks.iter().any(|name| name == outcome.check))
    };
    let items: Vec<&Item> = validation.items.iter().filter(of_check).collect();
    let succeeded = |items: &[&Item]| {
        !items.is_empty() && items.iter().all(|item| item.state == State::Succeeded)
    };
    if items.iter().all(|item| item.database.is_none()) {
        return succeeded(&items);
    }
    let databases: Vec<&Name> = match &outcome.database {
        Some(database) => vec![database],
        None => cx.source.databases.keys().collect(),
    };
    let of = |name: &Name| {
        let all = items.iter().filter(|item| item.database.as_ref() == Some(name));
        all.copied().collect::<Vec<_>>()
    };
    !databases.is_empty() && databases.iter().all(|name| succeeded(&of(name)))
}

/// For the service its own word stands.
fn give_way(outcome: &mut Outcome) {
    match outcome.concerns {
        Some(Method::PgDump) => {}
        Some(Method::Service) => {
            outcome.state = State::Warning;
            outcome.found.push_str(
                "; the service's own validation finds nothing wrong here: its word stands, and this differs",
            );
        }
        None => {
            outcome.concerns = Some(Method::PgDump);
            outcome.found.push_str(
                "; the service's own validation finds nothing wrong here: for it, its word stands",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::checks;

    /// A misspelled name would never be found out.
    #[test]
    fn every_check_that_is_named_is_one() {
        for known in KNOWN.values() {
            assert!(!known.what.ends_with('.'));
            for name in &known.checks {
                assert!(checks::abouts().any(|about| about.name == name), "{name}");
            }
        }
    }
}
