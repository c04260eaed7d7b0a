//! Functions that run while data is loaded, and find nothing then.

mod bare;
mod dynamic;
mod functions;
mod graph;
mod mention;
mod names;
mod reader;
mod scope;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem;

use bare::{Bare, Meaning, meaning};
use functions::Function;
use graph::{Edges, Node, Root};
use names::Names;

use crate::check::prelude::*;
use crate::sql::push_identifier;

static ABOUT: About = About {
    name: "search-paths",
    codes: &[],
    title: "functions that run while data is loaded find what they name",
    explanation: "A dump is restored with an empty search_path. Functions in CHECK constraints of tables, in domains of \
                  columns, in generated columns, partition keys, indexes and materialized views run while that is so, \
                  and so do those that operators, aggregates, types, views and other functions call in between: one \
                  that names a table, a type, a function, an operator or a text search configuration without its \
                  schema fails with `relation \"…\" does not exist`, `type \"…\" does not exist` or the like, which ends \
                  the COPY of the whole table, or leaves an index or the rows of a materialized view out. A search_path \
                  that is set for the function itself mends it; all that it calls, and the triggers that it fires, run \
                  with that one, too, and a function in SQL that has one is not inlined any more: the schema before each \
                  name in its text avoids both. Where the function of a constraint reads a table, that table has to be \
                  loaded before, and tables are loaded in the order of their names. The check reads the texts of functions \
                  in SQL and PL/pgSQL as SQL, and compares the names with the catalogs. It fails \
                  where the name is looked up whenever the text runs, and warns where that depends: in an EXECUTE of \
                  pieces, in a block with EXCEPTION, in an extension's function, for an operator or function that \
                  pg_catalog has for other types, and where there are no rows now. It sees neither names that are made up as \
                  the text runs, nor a function that is called as a column of its argument, nor functions in other languages (it names those that run \
                  then); and it does not know whether a statement is reached.",
    looked_at: "pg_depend, and the texts of functions in pg_proc",
    online: false,
};

/// How much of what does not arrive is named: nobody else says which tables are to be looked after.
const TOLD: usize = 100;

pub(super) struct SearchPaths;

impl Check for SearchPaths {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[
            &graph::ROOTS,
            &graph::EDGES,
            &functions::FUNCTIONS,
            &names::NAMES,
            &names::COLUMNS,
            &names::USUAL,
        ]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let major = cx.source.server()?.live.answers.major;
        let clean = "no name without its schema was seen in functions that run while data is loaded, in SQL and PL/pgSQL; \
                     names that are made up as they run are not seen";
        cx.each_database(out, clean, |_, database, out| {
            let roots = graph::roots(database)?;
            let functions = functions::read(database)?;
            let walk = Walk {
                edges: graph::edges(database)?,
                functions: &functions,
                names: Names::read(database)?,
            };
            let usual = names::usual(database)?;
            let telling = Telling { roots: &roots, usual: &usual, major };
            for runs in walk.runs(&roots) {
                telling.tell(&runs, out);
            }
            Ok(())
        })
    }
}

/// Which `search_path` a function runs under.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Under {
    /// None, as a restore sets it.
    Nothing,
    /// That of a function.
    PathOf(u32),
    /// One that a text does not tell; or it is not called before what calls it is mended.
    Unknown,
}

/// What a function does to a restore.
struct Runs<'a> {
    function: &'a Function<'a>,
    read: BTreeSet<String>,
    /// What it names that is not found, and the roots from which it runs so; they do not arrive where it fails.
    harmed: BTreeMap<Under, (BTreeSet<Bare>, Vec<usize>)>,
    /// All roots from which it runs.
    roots: Vec<usize>,
    /// The schemas that are needed for what it names, and for what runs along with it.
    schemas: BTreeSet<String>,
    /// Whether one of these names is in several.
    is_ambiguous: bool,
}

struct Walk<'a> {
    edges: Edges,
    functions: &'a HashMap<u32, Function<'a>>,
    names: Names,
}

impl<'a> Walk<'a> {
    /// The functions that run, by name.
    fn runs(&self, roots: &[Root<'_>]) -> Vec<Runs<'a>> {
        let mut all: HashMap<u32, (Meaning, Runs<'a>)> = HashMap::new();
        for (at, root) in roots.iter().enumerate() {
            let mut seen: HashSet<(Node, Under)> = HashSet::new();
            let mut open = vec![(root.node, Under::Nothing)];
            while let Some((node, mut under)) = open.pop() {
                if !seen.insert((node, under)) {
                    continue;
                }
                if let Node('f', oid) = node
                    && let Some(function) = self.functions.get(&oid)
                {
                    let (meaning, runs) = all.entry(oid).or_insert_with(|| self.first(function));
                    if function.path.is_some() {
                        under = Under::PathOf(oid);
                    }
                    let lost = self.lost(meaning, under);
                    if !lost.is_empty() || (function.is_unread() && under == Under::Nothing) {
                        let (bare, roots) = runs.harmed.entry(under).or_default();
                        bare.extend(lost);
                        roots.push(at);
                    }
                    runs.roots.push(at);
                    if meaning.sets_path {
                        under = Under::Unknown;
                    }
                    let along = meaning.runs.iter().map(|(node, is_bare)| {
                        let is_called = !is_bare || under != Under::Nothing;
                        (*node, if is_called { under } else { Under::Unknown })
                    });
                    open.extend(along);
                }
                let next = self.edges.get(&node).into_iter().flatten();
                open.extend(next.map(|node| (*node, under)));
            }
        }
        let harmed = all.iter().filter(|(_, (_, runs))| !runs.harmed.is_empty());
        let needed: Vec<_> = harmed.map(|(oid, _)| (*oid, self.needed(*oid, &all))).collect();
        for (oid, (schemas, is_ambiguous)) in needed {
            if let Some((_, runs)) = all.get_mut(&oid) {
                (runs.schemas, runs.is_ambiguous) = (schemas, is_ambiguous);
            }
        }
        let mut all: Vec<_> = all.into_values().map(|(_, runs)| runs).collect();
        all.sort_by_key(|runs| runs.function.name);
        all
    }

    /// What a function names, where it runs for the first time.
    fn first(&self, function: &'a Function<'a>) -> (Meaning, Runs<'a>) {
        let mut meaning = meaning(function, &self.names);
        let runs = Runs {
            function,
            read: mem::take(&mut meaning.read),
            harmed: BTreeMap::new(),
            roots: Vec::new(),
            schemas: BTreeSet::new(),
            is_ambiguous: false,
        };
        (meaning, runs)
    }

    /// What is not found under a path.
    fn lost(&self, meaning: &Meaning, under: Under) -> Vec<Bare> {
        let oid = match under {
            Under::Nothing => return meaning.bare.iter().cloned().collect(),
            Under::PathOf(oid) => oid,
            Under::Unknown => return Vec::new(),
        };
        let path = self.functions.get(&oid).and_then(|it| it.path.as_deref()).unwrap_or_default();
        let lost =
            meaning.bare.iter().filter(|bare| !bare.schemas.iter().any(|it| path.contains(it)));
        // Whose schema that is depends on the role that restores, and owns.
        let is_certain = !path.iter().any(|schema| schema == "$user");
        lost.map(|bare| Bare { is_certain: bare.is_certain && is_certain, ..bare.clone() })
            .collect()
    }

    /// The schemas of what a function names, and of what runs along with it under its path; and whether a name is in
    /// several.
    fn needed(
        &self,
        oid: u32,
        all: &HashMap<u32, (Meaning, Runs<'_>)>,
    ) -> (BTreeSet<String>, bool) {
        let (mut schemas, mut is_ambiguous) = (BTreeSet::new(), false);
        let mut seen: HashSet<Node> = HashSet::new();
        let mut open = vec![Node('f', oid)];
        while let Some(node) = open.pop() {
            if !seen.insert(node) {
                continue;
            }
            if let Node('f', callee) = node
                && let Some((meaning, runs)) = all.get(&callee)
            {
                if callee != oid && runs.function.path.is_some() {
                    continue;
                }
                for bare in &meaning.bare {
                    is_ambiguous |= bare.schemas.len() > 1;
                    schemas.extend(bare.schemas.iter().cloned());
                }
                open.extend(meaning.runs.iter().map(|(node, _)| *node));
            }
            open.extend(self.edges.get(&node).into_iter().flatten());
        }
        (schemas, is_ambiguous)
    }
}

/// What does not arrive.
fn harm(roots: &[Root<'_>], harmed: &[usize], of_data: bool) -> String {
    let harmed: BTreeSet<_> = harmed.iter().map(|at| (roots[*at].kind, roots[*at].what)).collect();
    let all = harmed.into_iter().filter_map(|(kind, what)| {
        let what = shown(what);
        Some(match kind {
            "table" => format!("{what} arrives empty"),
            // The expression may be looked at when the table is created.
            "generated" => format!("{what} is not created, or arrives empty"),
            "partitions" => format!("the partitions of {what} are not created, or arrive empty"),
            _ if of_data => return None,
            "index" | "range index" => format!("the index {what} is missing"),
            _ => format!("the materialized view {what} has no rows"),
        })
    });
    list(&all.collect::<Vec<_>>(), TOLD)
}

/// What is said about all functions of a database.
struct Telling<'a> {
    roots: &'a [Root<'a>],
    /// The schemas of extensions, and `public`: what is in no text may be found in them.
    usual: &'a [String],
    major: Major,
}

impl Telling<'_> {
    /// What one function does to a restore.
    fn tell(&self, runs: &Runs<'_>, out: &mut Outcomes<'_>) {
        let function = shown(runs.function.name);
        let roots = self.roots;
        for (under, (bare, harmed)) in &runs.harmed {
            if bare.is_empty() {
                if !runs.function.is_of_extension {
                    out.warning(format!(
                        "{function} is in {}, and is not looked at; where it names anything without a schema: {}",
                        shown(runs.function.language),
                        harm(roots, harmed, false)
                    ))
                    .remedy(format!("read it; or on the source, as its owner: {}", self.alter(&function, "…")));
                }
                continue;
            }
            // The text of a function in SQL is put in the place of its call before there is a row.
            let is_idle = |at: &usize| {
                let Root { kind, is_idle, .. } = roots[*at];
                is_idle && (kind != "index" || runs.function.language != "sql")
            };
            let (idle, busy): (Vec<usize>, Vec<usize>) = harmed.iter().partition(|at| is_idle(at));
            for (harmed, has_rows) in [(busy, true), (idle, false)] {
                if !harmed.is_empty() {
                    self.bare(runs, *under, bare, &harm(roots, &harmed, false), has_rows, out);
                }
            }
        }
        if runs.read.is_empty() {
            return;
        }
        let loaded = harm(roots, &runs.roots, true);
        if !loaded.is_empty() {
            let read: Vec<_> = runs.read.iter().map(|it| shown(it)).collect();
            out.warning(format!(
                "{function} reads {} while other tables are loaded; where these come first: {loaded}",
                list(&read, NAMED),
            ))
            .remedy(
                "after the restore, for each table that is empty, once more from the same dump: pg_restore \
                 --data-only --schema=… --table=…",
            );
        }
    }

    /// What a function names without a schema.
    fn bare(
        &self,
        runs: &Runs<'_>,
        under: Under,
        bare: &BTreeSet<Bare>,
        harm: &str,
        has_rows: bool,
        out: &mut Outcomes<'_>,
    ) {
        let function = shown(runs.function.name);
        let is_certain = bare.iter().any(|it| it.is_certain);
        let told = bare.iter().filter(|it| it.is_certain || !is_certain);
        let names: BTreeSet<_> = told.map(|it| shown(&it.name)).collect();
        let names: Vec<_> = names.into_iter().collect();
        let names = list(&names, names.len());
        let how = match under {
            Under::Nothing => "a restore runs it with an empty search_path",
            _ => "it runs with a search_path that has no such schema",
        };
        let outcome = if !has_rows {
            out.warning(format!(
                "{function} names {names} without a schema, and {how}; now there are too few rows for that, with more: {harm}"
            ))
        } else if is_certain {
            out.failed(format!("{function} names {names} without a schema, and {how}: {harm}"))
        } else {
            out.warning(format!(
                "{function} may look for {names} without a schema, and {how}; where it does: {harm}"
            ))
        };
        outcome.remedy(self.remedy(runs, &function));
    }

    fn remedy(&self, runs: &Runs<'_>, function: &str) -> String {
        let quoted = |schema: &String| {
            let mut quoted = String::new();
            push_identifier(schema, &mut quoted);
            shown(&quoted)
        };
        if runs.function.is_of_extension {
            return "its text is that of the extension's version on the target: read it there; before 17, what is \
                    missing can be created after the restore, in a session with a search_path"
                .to_owned();
        }
        if runs.is_ambiguous {
            // Which of them is meant, the path of its callers says: another order is another result.
            let schemas: Vec<_> = runs.schemas.iter().map(quoted).collect();
            return format!(
                "{} have what it names, or what it calls: write the schema that is meant before each name in its text",
                list(&schemas, schemas.len())
            );
        }
        let usual = self.usual.iter().filter(|it| !runs.schemas.contains(*it));
        let schemas: Vec<_> = runs.schemas.iter().chain(usual).map(quoted).collect();
        format!(
            "on the source, as its owner: {}",
            self.alter(function, &list(&schemas, schemas.len()))
        )
    }

    fn alter(&self, function: &str, schemas: &str) -> String {
        let kind = if self.major >= Major::new(11) { "ROUTINE" } else { "FUNCTION" };
        format!("ALTER {kind} {function} SET search_path = {schemas}")
    }
}
