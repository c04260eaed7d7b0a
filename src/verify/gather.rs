//! Reads the databases of both servers, a few at the same time, and compares them one by one.

use std::collections::BTreeMap;

use futures_util::future::join;
use futures_util::stream::{self, StreamExt as _};

use super::catalog::{self, Entry};
use super::compare::compare;
use super::contents::{Contents, Flags, Held};
use super::difference::{Comparing, Comparison};
use super::globals::Arrived;
use super::names::Names;
use super::object::{Class, Object};
use super::properties::{self, Property};
use super::visit::Server;
use crate::connect::AnswerError;
use crate::name::Name;
use crate::read::live::Live;

/// How many databases are compared at the same time, with a connection on either side.
const PAIRS: usize = 4;

/// Both servers' own lists of their databases.
#[derive(Debug)]
pub struct Catalogs {
    /// The source's.
    pub source: BTreeMap<Name, Entry>,
    /// The target's.
    pub target: BTreeMap<Name, Entry>,
}

/// What there is to say about a database of the source.
#[derive(Debug)]
pub struct Verified {
    /// Its name.
    pub name: Name,
    /// What was found, as far as both sides could be read.
    pub outcome: Outcome,
}

/// How a comparison ended.
#[derive(Debug)]
pub enum Outcome {
    /// The target has no such database.
    Missing,
    /// It could not be compared: why not.
    Unknown(String),
    /// It was compared.
    Compared {
        /// What differs between what is in it.
        comparison: Box<Comparison>,
        /// What differs of the database itself.
        properties: Vec<Property>,
        /// Its owner on the target.
        owner: Name,
        /// What could not be read, a line each.
        unread: Vec<String>,
    },
}

/// Asks both servers for their databases.
///
/// # Errors
/// When one does not tell; which one it is.
pub async fn catalogs(
    source: Server<'_>,
    target: Server<'_>,
) -> Result<Catalogs, (&'static str, AnswerError)> {
    let (theirs, ours) =
        join(catalog::read(&source.connection.client), catalog::read(&target.connection.client))
            .await;
    Ok(Catalogs {
        source: theirs.map_err(|error| (source.word, error))?,
        target: ours.map_err(|error| (target.word, error))?,
    })
}

/// Compares these databases.
pub async fn verify(
    [source, target]: [Server<'_>; 2],
    catalogs: &Catalogs,
    databases: &[&Name],
    names: &Names,
    arrived: &Arrived,
    live: &Live,
) -> Vec<Verified> {
    let visits = databases.iter().map(|name| async move {
        let name = *name;
        let entries = (catalogs.source.get(name), catalogs.target.get(name));
        let outcome = match entries {
            (Some(theirs), Some(ours)) => {
                let entries = [theirs, ours];
                pair([source, target], name, entries, names, arrived, live).await
            }
            (Some(_), None) => Outcome::Missing,
            (None, _) => Outcome::Unknown(format!("{name} is no database of the source")),
        };
        Verified { name: name.clone(), outcome }
    });
    let mut all: Vec<_> = stream::iter(visits).buffer_unordered(PAIRS).collect().await;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

async fn pair(
    [source, target]: [Server<'_>; 2],
    name: &Name,
    entries: [&Entry; 2],
    names: &Names,
    arrived: &Arrived,
    live: &Live,
) -> Outcome {
    for (server, entry) in [source, target].into_iter().zip(entries) {
        if let Some(why) = entry.closed(name, server.word, server.connection.user()) {
            return Outcome::Unknown(why);
        }
    }
    let (theirs, ours) = join(source.visit(name), target.visit(name)).await;
    let (mut theirs, mut ours) = match (theirs, ours) {
        (Ok(theirs), Ok(ours)) => (theirs, ours),
        (Err(why), Ok(_)) | (Ok(_), Err(why)) => return Outcome::Unknown(why),
        (Err(why), Err(other)) => return Outcome::Unknown(format!("{why}; {other}")),
    };
    let sides = [source, target];
    let mut unread = Vec::new();
    for (server, contents) in sides.into_iter().zip([&theirs, &ours]) {
        for (what, why) in &contents.unread {
            unread.push(format!("{what} could not be read on {}: {why}", server.word));
        }
    }
    let unseen: Vec<_> = [&theirs, &ours].iter().flat_map(|it| it.unread.clone()).collect();
    for (what, _) in unseen {
        hide(what, [&mut theirs, &mut ours]);
    }
    for (entry, contents) in entries.into_iter().zip([&mut theirs, &mut ours]) {
        let held = Held {
            owner: entry.owner.clone(),
            acl: entry.acl.clone(),
            unstated: None,
            flags: Flags::default(),
        };
        contents.objects.insert(Object::global(Class::Database, name.clone()), held);
    }
    let majors = sides.map(|server| server.major);
    let cx = Comparing { names, majors, owners: entries.map(|entry| &entry.owner) };
    let comparison = Box::new(compare(&theirs, &ours, cx));
    let properties = properties::compare(name, entries, &arrived.database_settings, &live.globals);
    Outcome::Compared { comparison, properties, owner: entries[1].owner.clone(), unread }
}

/// Takes out of both sides what one of them does not show: that it is not there would be a guess.
fn hide(about: &str, sides: [&mut Contents; 2]) {
    let is_of = |class: Class| match about {
        "schemas" => class == Class::Schema,
        "tables and sequences" => class.is_relation() || class == Class::Column,
        "privileges on columns" => class == Class::Column,
        "functions" => matches!(class, Class::Function | Class::Procedure),
        "the types that functions take" => {
            matches!(class, Class::Function | Class::Procedure | Class::Operator)
        }
        "types" => class == Class::Type,
        "languages" => class == Class::Language,
        "foreign servers and foreign-data wrappers" => {
            matches!(class, Class::ForeignServer | Class::ForeignDataWrapper)
        }
        "user mappings" => class == Class::UserMapping,
        "large objects" => class == Class::LargeObject,
        "default privileges" => class.defaults_on().is_some(),
        "extensions" => class == Class::Extension,
        "publications" => class == Class::Publication,
        "owners of collations, operators and text search objects" => class.has_owner_only(),
        // Without them nobody is known by name.
        "the names of roles" => true,
        _ => false,
    };
    let is_about_policies =
        matches!(about, "policies" | "tables and sequences" | "the names of roles");
    let is_about_changed = about.starts_with("privileges on objects")
        || matches!(about, "the names of roles" | "the types that functions take");
    for side in sides {
        side.objects.retain(|object, _| !is_of(object.class));
        if is_about_policies {
            side.policies.clear();
        }
        if is_about_changed {
            side.changed.clear();
        }
    }
}
