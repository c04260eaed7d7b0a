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

use std::collections::{BTreeSet, HashMap, HashSet};
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
                  schema fails with `relation \"…\" does not exist`, `type \"…\" does not exist` or the like. For a \
                  constraint or a generated column that ends the COPY of the whole table, which arrives empty; an \
                  index is missing, a materialized view has no rows. A search_path that is set for the function \
                  itself mends it. Where the function of a constraint reads a table, that table has to be loaded \
                  before, and tables are loaded in the order of their names. The check reads the texts of functions \
                  in SQL and PL/pgSQL as SQL, without comments, and compares the names with the catalogs. It fails \
                  where the name is looked up whenever the text runs, and warns where that depends: in an EXECUTE of \
                  pieces, in a block with EXCEPTION, in an extension's function, for an operator or function that \
                  pg_catalog has for other types, and where there are no rows now. It sees neither names that are made up as the text runs, nor functions in other \
                  languages (it names those that run then), nor a function that is called as a column of its argument; and it \
                  does not know whether a statement is reached. Bodies of BEGIN ATOMIC name nothing anew.",
    looked_at: "pg_depend, and the texts of functions in pg_proc",
    online: false,
};

pub(super) struct SearchPaths;

impl Check for SearchPaths {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn questions(&self) -> &'static [&'static Question] {
        &[&graph::ROOTS, &graph::EDGES, &functions::FUNCTIONS, &names::NAMES, &names::COLUMNS]
    }

    fn judge(&self, cx: &Context, out: &mut Outcomes<'_>) -> Verdict {
        let major = cx.source.server()?.live.answers.major;
        let clean = "no name without its schema was seen in functions that run while data is loaded, in SQL and PL/pgSQL; \
                     names that are made up as they run are not seen";
        cx.each_database(out, clean, |_, database, out| {
            let roots = graph::roots(database)?;
            let walk = Walk {
                edges: graph::edges(database)?,
                functions: functions::read(database)?,
                names: Names::read(database)?,
            };
            for runs in walk.runs(&roots) {
                tell(&runs, &roots, major, out);
            }
            Ok(())
        })
    }
}

/// What a function does to a restore.
struct Runs<'a> {
    name: &'a str,
    is_of_extension: bool,
    is_unread: bool,
    language: &'a str,
    bare: BTreeSet<Bare>,
    read: BTreeSet<String>,
    /// The roots from which it runs without a path; they do not arrive where it fails.
    harmed: Vec<usize>,
    /// Those from which it runs under one.
    pathed: Vec<usize>,
}

struct Walk<'a> {
    edges: Edges,
    functions: HashMap<u32, Function<'a>>,
    names: Names,
}

impl<'a> Walk<'a> {
    /// The functions that run, by name.
    fn runs(&self, roots: &[Root<'_>]) -> Vec<Runs<'a>> {
        let mut all: HashMap<u32, (Meaning, Runs<'_>)> = HashMap::new();
        for (at, root) in roots.iter().enumerate() {
            let mut seen: HashSet<(Node, bool)> = HashSet::new();
            let mut open = vec![(root.node, false)];
            while let Some((node, mut has_path)) = open.pop() {
                if !seen.insert((node, has_path)) {
                    continue;
                }
                if let Node('f', oid) = node
                    && let Some(function) = self.functions.get(&oid)
                {
                    let (meaning, runs) = all.entry(oid).or_insert_with(|| self.first(function));
                    has_path |= function.has_path || meaning.sets_path;
                    if has_path { &mut runs.pathed } else { &mut runs.harmed }.push(at);
                    let along = meaning.runs.iter();
                    open.extend(along.map(|(node, is_bare)| (*node, has_path || *is_bare)));
                }
                let next = self.edges.get(&node).into_iter().flatten();
                open.extend(next.map(|node| (*node, has_path)));
            }
        }
        let mut all: Vec<_> = all.into_values().map(|(_, runs)| runs).collect();
        all.sort_by_key(|runs| runs.name);
        all
    }

    /// What a function names, where it runs for the first time.
    fn first(&self, function: &Function<'a>) -> (Meaning, Runs<'a>) {
        let mut meaning = meaning(function, &self.names);
        let runs = Runs {
            name: function.name,
            is_of_extension: function.is_of_extension,
            is_unread: function.is_unread(),
            language: function.language,
            bare: mem::take(&mut meaning.bare),
            read: mem::take(&mut meaning.read),
            harmed: Vec::new(),
            pathed: Vec::new(),
        };
        (meaning, runs)
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
    list(&all.collect::<Vec<_>>(), NAMED)
}

/// What one function does to a restore.
fn tell(runs: &Runs<'_>, roots: &[Root<'_>], major: Major, out: &mut Outcomes<'_>) {
    let function = shown(runs.name);
    if runs.is_unread && !runs.is_of_extension && !runs.harmed.is_empty() {
        out.warning(format!(
            "{function} is in {}, and is not looked at; where it names anything without a schema: {}",
            shown(runs.language),
            harm(roots, &runs.harmed, false)
        ))
        .remedy(format!("read it; or on the source, as its owner: {}", alter(&function, "…", major)));
    }
    if !runs.bare.is_empty() {
        // The text of a function in SQL is put in the place of its call before there is a row.
        let is_idle = |at: &usize| {
            let Root { kind, is_idle, .. } = roots[*at];
            is_idle && (kind != "index" || runs.language != "sql")
        };
        let (idle, harmed): (Vec<usize>, Vec<usize>) =
            runs.harmed.iter().partition(|at| is_idle(at));
        if !harmed.is_empty() {
            bare(&function, runs, &harm(roots, &harmed, false), true, major, out);
        }
        if !idle.is_empty() {
            bare(&function, runs, &harm(roots, &idle, false), false, major, out);
        }
    }
    if runs.read.is_empty() {
        return;
    }
    let loaded = harm(roots, &[&*runs.harmed, &*runs.pathed].concat(), true);
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
    function: &str,
    runs: &Runs<'_>,
    harm: &str,
    has_rows: bool,
    major: Major,
    out: &mut Outcomes<'_>,
) {
    let is_certain = runs.bare.iter().any(|it| it.is_certain);
    let told = runs.bare.iter().filter(|it| it.is_certain || !is_certain);
    let names: BTreeSet<_> = told.map(|it| shown(&it.name)).collect();
    let names: Vec<_> = names.into_iter().collect();
    let names = list(&names, names.len());
    let mut schemas: BTreeSet<String> = BTreeSet::new();
    for schema in runs.bare.iter().flat_map(|it| &it.schemas) {
        let mut quoted = String::new();
        push_identifier(schema, &mut quoted);
        schemas.insert(shown(&quoted));
    }
    let schemas: Vec<_> = schemas.into_iter().collect();
    let schemas = list(&schemas, schemas.len());
    let outcome = if !has_rows {
        out.warning(format!(
            "{function} names {names} without a schema, and a restore runs it with an empty search_path; now there \
             are too few rows for that, with more: {harm}"
        ))
    } else if is_certain {
        out.failed(format!(
            "{function} names {names} without a schema, and a restore runs it with an empty search_path: {harm}"
        ))
    } else {
        out.warning(format!(
            "{function} may look for {names} without a schema, and a restore runs it with an empty search_path; where \
             it does: {harm}"
        ))
    };
    outcome.remedy(if runs.is_of_extension {
        "its text is that of the extension's version on the target: read it there; create what is missing after the \
         restore, in a session with a search_path"
            .to_owned()
    } else if runs.bare.iter().any(|it| it.schemas.len() > 1) {
        // Which of them is meant, the path of its callers says: another order is another result.
        format!("{schemas} have what it names: write the schema that is meant before each name in its text")
    } else {
        format!("on the source, as its owner: {}", alter(function, &schemas, major))
    });
}

fn alter(function: &str, schemas: &str, major: Major) -> String {
    let kind = if major >= Major::new(11) { "ROUTINE" } else { "FUNCTION" };
    format!("ALTER {kind} {function} SET search_path = {schemas}")
}
