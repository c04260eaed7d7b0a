//! Which file uses what of which other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::source::Source;

/// A module's names from the crate's root: `connect`, `session`, `attempt`. The root has none.
type Module = Vec<String>;

/// All files that are part of the program.
pub struct Graph {
    files: BTreeMap<Module, File>,
}

struct File {
    /// Its path below `src`.
    shown: String,
    source: Source,
}

/// What a path leads to.
struct Found {
    /// The file that it is defined in.
    module: Module,
    /// Whether it is that file itself.
    is_module: bool,
}

/// How deep a name may be passed on from file to file.
const DEPTH: usize = 16;

impl Graph {
    /// Reads the files below a directory.
    pub fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        for path in rust_files(root) {
            let shown = path.strip_prefix(root).unwrap().display().to_string();
            let name = shown.strip_suffix(".rs").unwrap();
            let name = name.strip_suffix("/mod").unwrap_or(name);
            if name == "main" {
                continue;
            }
            let module = if name == "lib" { "" } else { name };
            let module: Module = module.split_terminator('/').map(str::to_owned).collect();
            let source = Source::read(&fs::read_to_string(&path).unwrap());
            files.insert(module, File { shown, source });
        }
        let is_of_tests = |module: &Module| {
            (1..=module.len()).any(|length| {
                let (name, above) = module[..length].split_last().unwrap();
                files.get(above).is_some_and(|file| file.source.of_tests.contains(name))
            })
        };
        let scaffolding: Vec<Module> =
            files.keys().filter(|module| is_of_tests(module)).cloned().collect();
        for module in scaffolding {
            files.remove(&module);
        }
        Self { files }
    }

    /// Which file uses which other; the paths are those below the directory.
    pub fn uses(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut uses = BTreeMap::new();
        for (module, file) in &self.files {
            // The root only says what there is.
            if !module.is_empty() {
                let others = self.used_by(module).into_iter().filter(|other| other != module);
                let others = others.map(|other| self.files[&other].shown.as_str());
                uses.insert(file.shown.as_str(), others.collect());
            }
        }
        uses
    }

    fn used_by(&self, module: &Module) -> BTreeSet<Module> {
        let source = &self.files[module].source;
        let mut used = BTreeSet::new();
        for import in &source.imports {
            let Some(found) = self.find(module, &import.path, DEPTH) else { continue };
            if import.name == "*" {
                if !import.is_public {
                    used.extend(self.passed_on(&found.module));
                    used.insert(found.module);
                }
            } else if !found.is_module && (!import.is_public || source.words.contains(&import.name))
            {
                // A module that is imported is used where one of its names is.
                used.insert(found.module);
            }
        }
        let paths = source.paths.iter();
        used.extend(paths.filter_map(|path| Some(self.find(module, path, DEPTH)?.module)));
        used.remove(&Module::new());
        used
    }

    /// Where the names come from that a file passes on to those who import all that it has.
    fn passed_on(&self, module: &Module) -> impl Iterator<Item = Module> {
        let imports = self.files[module].source.imports.iter().filter(|import| import.is_public);
        imports.filter_map(|import| Some(self.find(module, &import.path, DEPTH)?.module))
    }

    /// What a file calls so; none if it is not of this crate.
    fn find(&self, module: &Module, path: &[String], depth: usize) -> Option<Found> {
        let depth = depth.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(Module::new(), rest, depth),
            "self" => self.walk(module.clone(), rest, depth),
            "super" => {
                let supers = path.iter().take_while(|word| *word == "super").count();
                let above = module[..module.len().checked_sub(supers)?].to_vec();
                self.walk(above, &path[supers..], depth)
            }
            word => {
                let is_known = self.files.contains_key(&child(module, word))
                    || self.files[module].source.names().contains_key(word);
                // Else it is a crate, or a name of this file's own.
                if is_known { self.walk(module.clone(), path, depth) } else { None }
            }
        }
    }

    fn walk(&self, from: Module, path: &[String], depth: usize) -> Option<Found> {
        let mut module = from;
        for (number, word) in path.iter().enumerate() {
            let below = child(&module, word);
            if self.files.contains_key(&below) {
                module = below;
            } else if let Some(import) = self.files.get(&module)?.source.names().get(word.as_str())
            {
                let all = [&import.path[..], &path[number + 1..]].concat();
                return self.find(&module, &all, depth);
            } else {
                return Some(Found { module, is_module: false });
            }
        }
        Some(Found { module, is_module: true })
    }
}

fn child(module: &Module, name: &str) -> Module {
    [&module[..], &[name.to_owned()]].concat()
}

/// The files that use each other in a circle: each circle with all that are part of it.
pub fn circles<'a>(uses: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<BTreeSet<&'a str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|file| (*file, reached_from(file, uses))).collect();
    let mut circles = Vec::new();
    let mut done = BTreeSet::new();
    for (file, others) in &reached {
        if others.contains(file) && !done.contains(file) {
            let back = |other: &&&str| reached.get(**other).is_some_and(|it| it.contains(file));
            let circle: BTreeSet<&str> = others.iter().filter(back).copied().collect();
            done.extend(circle.iter().copied());
            circles.push(circle);
        }
    }
    circles
}

fn reached_from<'a>(file: &str, uses: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        for other in uses.get(file).into_iter().flatten() {
            if reached.insert(*other) {
                open.push(other);
            }
        }
    }
    reached
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
