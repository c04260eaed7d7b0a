//! Which names of a text are found only with a `search_path`, and what runs along with it.

use std::collections::BTreeSet;

use super::functions::Function;
use super::graph::Node;
use super::mention::{Kind, Mention, Mentions, Operand, Path};
use super::names::{Names, Object};
use crate::sql::push_identifier;

/// A name that is not found without a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Bare {
    /// As SQL.
    pub(super) name: String,
    /// The schemas that have it.
    pub(super) schemas: Vec<String>,
    /// Whether the function fails then.
    pub(super) is_certain: bool,
}

/// What a text means to a restore.
#[derive(Default, Debug)]
pub(super) struct Meaning {
    pub(super) bare: BTreeSet<Bare>,
    /// Relations that it reads, as SQL.
    pub(super) read: BTreeSet<String>,
    /// What runs along with it, and whether only where it is found by a path.
    pub(super) runs: Vec<(Node, bool)>,
    /// Whether it sets a path itself; `bare` is what it names before that.
    pub(super) sets_path: bool,
}

/// What a function's text means.
pub(super) fn meaning(function: &Function<'_>, names: &Names) -> Meaning {
    let Some(mentions) = function.mentions() else { return Meaning::default() };
    let mut out = Meaning { sets_path: mentions.sets_path.is_some(), ..Meaning::default() };
    let read = mentions.all.iter().filter(|it| it.is_read);
    let read = read.flat_map(|it| names.meant(Kind::Relation, &it.path)).map(|it| it.oid);
    let mut early = None;
    let text = Text { function, names, mentions: &mentions, read: read.collect() };
    for (at, mention) in mentions.all.iter().enumerate() {
        text.look(mention, &mut out);
        if mentions.sets_path == Some(at + 1) {
            early = Some(out.bare.clone());
        }
    }
    if mentions.sets_path.is_some() {
        out.bare = early.unwrap_or_default();
    }
    out
}

struct Text<'a> {
    function: &'a Function<'a>,
    names: &'a Names,
    mentions: &'a Mentions,
    /// The relations that it reads.
    read: Vec<u32>,
}

impl Text<'_> {
    fn look(&self, mention: &Mention, out: &mut Meaning) {
        let Mention { kind, path, .. } = mention;
        let Some(named) = self.names.of(*kind, &path.name) else { return };
        let is_bare = path.schema.is_none();
        // A cursor that has arguments is opened as a function is called.
        let variable = self.mentions.variables.get(&path.name);
        let is_cursor = variable.is_some_and(|of_type| of_type.name.is_empty());
        if is_bare && *kind == Kind::Function && is_cursor {
            return;
        }
        let mut meant: Vec<&Object> = self.names.meant(*kind, path).collect();
        let mut is_certain =
            mention.is_certain && !self.mentions.catches && !self.function.is_of_extension;
        if is_bare && named.is_shadowed {
            if !matches!(kind, Kind::Operator | Kind::Function) {
                return;
            }
            let Some(is_only) = self.takes(mention, &mut meant) else { return };
            is_certain &= is_only;
        }
        if meant.is_empty() {
            return;
        }
        if mention.is_read {
            out.read.extend(meant.iter().map(|it| qualified(it, &path.name)));
        }
        for object in &meant {
            let node = match (kind, &*object.detail) {
                (Kind::Relation, "v") => Node('v', object.oid),
                (Kind::Function, detail) if detail.starts_with(|c: char| c.is_ascii_digit()) => {
                    Node('f', object.oid)
                }
                (Kind::Type, _) => Node('t', object.oid),
                (Kind::Operator, _) => Node('o', object.oid),
                _ => continue,
            };
            out.runs.push((node, is_bare));
        }
        if is_bare {
            let schemas: BTreeSet<String> = meant.iter().map(|it| it.schema.clone()).collect();
            let name =
                if *kind == Kind::Operator { path.name.clone() } else { identifier(&path.name) };
            out.bare.insert(Bare { name, schemas: schemas.into_iter().collect(), is_certain });
        }
    }

    /// Which of the operators or functions, of which `pg_catalog` has others by their name, take what stands beside
    /// one, or is given to it; and whether no other takes it. None where none does.
    fn takes(&self, mention: &Mention, meant: &mut Vec<&Object>) -> Option<bool> {
        let mut is_only = false;
        let mut found = BTreeSet::new();
        for (side, operand) in mention.operands.iter().enumerate() {
            let Some((of_type, is_sure)) = operand.as_ref().and_then(|it| self.type_of(it)) else {
                continue;
            };
            for object in meant.iter().filter(|it| it.sides[side] == of_type) {
                found.insert(object.oid);
                is_only |= is_sure && self.names.is_only(object, side, of_type);
            }
        }
        meant.retain(|object| found.contains(&object.oid));
        (!meant.is_empty()).then_some(is_only)
    }

    /// The type of an operand, and whether it is sure.
    fn type_of(&self, operand: &Operand) -> Option<(u32, bool)> {
        let of_path = |path: &Path| {
            let mut types = self.names.meant(Kind::Type, path);
            let first = types.next()?;
            types.next().is_none().then_some((first.oid, true))
        };
        match operand {
            Operand::Cast(path) => of_path(path),
            Operand::Parameter(number) => Some((self.function.numbered(*number)?, true)),
            Operand::Named(name) => {
                if let Some(path) = self.mentions.variables.get(name) {
                    return of_path(path);
                }
                if let Some(of_type) = self.function.parameter(name) {
                    return Some((of_type, self.read.is_empty()));
                }
                let mut columns = self.read.iter().filter_map(|it| self.names.column(*it, name));
                columns.next().map(|of_type| (of_type, false))
            }
        }
    }
}

fn identifier(name: &str) -> String {
    let mut out = String::new();
    push_identifier(name, &mut out);
    out
}

fn qualified(object: &Object, name: &str) -> String {
    format!("{}.{}", identifier(&object.schema), identifier(name))
}
