//! What always holds, on generated globals and statements and on the dumps in `fixtures/dumps/ok`.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pg_globals::attribute::Attribute;
use pg_globals::dump::{Piece, Reader};
use pg_globals::finding::Finding;
use pg_globals::globals::script::Shape;
use pg_globals::globals::{Fact, Fate, Globals, Ledger, Parameter, Password, Role};
use pg_globals::name::Name;
use pg_globals::platform::{Platform, Rights};
use pg_globals::read::{Options, Reading, read};
use pg_globals::sanitize::{Choices, Sanitized, sanitize};
use pg_globals::script::{Title, render as render_script};
use pg_globals::secret::{Secret, VerifierKind};
use pg_globals::version::Major;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::support::{generate, seeds};

/// Law 2: what is written as a script is read back as it was.
///
/// The generated globals state no default of a new role, membership or limit, since the script
/// does not write it; without any password, all of them are unknown.
#[test]
fn a_script_says_what_the_model_says() {
    proptest!(config(), |(mut globals in generate::globals(), if_not_exists: bool, major in 10_u32..20)| {
        // No server has two of these: before 16, whoever granted it, and since 16, where nobody is named.
        let mut first = BTreeMap::new();
        globals.memberships.retain(|key, _| {
            let is_unnamed = key.grantor.is_none();
            let pair = (key.role.clone(), key.member.clone());
            first.insert(pair.clone(), is_unnamed).is_none_or(|unnamed| {
                first.insert(pair, unnamed);
                major >= 16 && !unnamed
            })
        });
        let title = Title { source: "x", platform: "postgres", granted: &[] };
        let shape = Shape { major: Major::new(major), if_not_exists, admin: None, once: None };
        let script = render_script(&globals, title, shape);
        let again = read(script.as_bytes(), Options::default());
        let again = again.map_err(|failure| TestCaseError::fail(format!("{failure:?}\n{script}")))?;
        prop_assert_eq!(&again.globals, &globals, "{}", script);
        // And once more: the same model gives the same text.
        prop_assert_eq!(render_script(&again.globals, title, shape), script);
    });
}

/// Law 7: nobody has more rights on any target than on the source.
#[test]
fn nobody_gains_a_right() {
    let targets: Vec<_> = Platform::all()
        .iter()
        .flat_map(|platform| platform.majors().iter().map(move |&major| (platform, major)))
        .collect();
    assert!(targets.iter().any(|(platform, _)| platform.name() == "azure"));
    let sources: Vec<_> = Platform::all().iter().map(Some).chain([None]).collect();
    proptest!(config(), |(mut globals in generate::globals(), source in select(sources))| {
        // The verifier of a plaintext password takes its time, and gives no right.
        for role in globals.roles.values_mut() {
            if matches!(&role.password, Password::Is(is) if is.value.kind() == VerifierKind::Plaintext) {
                role.password = Password::Unknown;
            }
        }
        for &(platform, major) in &targets {
            let rights = Rights::offline(platform, major);
            let choices = Choices::default();
            let ledger = Ledger::default();
            let Sanitized { globals: after, .. } =
                sanitize(globals.clone(), ledger, Vec::new(), rights, source, &choices).unwrap();
            let what = format!("{} {major}", platform.name());
            assert_narrower(&what, &globals, &after, rights.membership_options());
        }
    });
}

fn assert_narrower(what: &str, before: &Globals, after: &Globals, options: bool) {
    for (name, role) in &after.roles {
        let was = before.roles.get(name).unwrap_or_else(|| panic!("{what}: new role {name}"));
        for attribute in Attribute::ALL {
            assert!(was.has(attribute) || !role.has(attribute), "{what}: {name} gains {attribute}");
        }
        assert_eq!(role.connection_limit, was.connection_limit, "{what}: {name}");
        assert_eq!(role.valid_until, was.valid_until, "{what}: {name}");
        let kept = match (&role.password, &was.password) {
            (Password::Is(is), Password::Is(was)) => is == was,
            (Password::Is(_), _) => false,
            _ => true,
        };
        assert!(kept, "{what}: {name} has a password that it did not have");
    }
    for (key, setting) in &after.settings {
        assert_eq!(before.settings.get(key), Some(setting), "{what}: {key:?}");
    }
    let edges = Edges::of(before, true);
    let left = Edges::of(after, options);
    for (right, had) in
        [(&left.inherit, &edges.inherit), (&left.set, &edges.set), (&left.admin, &edges.admin)]
    {
        assert!(right.is_subset(had), "{what}: gained {:?}", right.difference(had));
    }
    for (right, had) in
        [(&left.inherit, &edges.inherit), (&left.set, &edges.set), (&left.any(), &edges.any())]
    {
        let (right, had) = (closure(right), closure(had));
        assert!(right.is_subset(&had), "{what}: reaches {:?}", right.difference(&had));
    }
    // Whoever granted it: a grantor that stays behind is replaced.
    let gives = |was: Fact<bool>, is: Fact<bool>| was.value || !is.value;
    for (key, parameter) in &after.parameters {
        for privilege in [|it: &Parameter| it.set, |it: &Parameter| it.alter_system] {
            let Some(is) = privilege(parameter) else { continue };
            let had = before.parameters.iter().any(|(was, it)| {
                (&was.parameter, &was.grantee) == (&key.parameter, &key.grantee)
                    && privilege(it).is_some_and(|was| gives(was, is))
            });
            assert!(had, "{what}: {key:?}");
        }
    }
    for (name, tablespace) in &after.tablespaces {
        let was = &before.tablespaces[name];
        assert!(tablespace.owner.is_none() || tablespace.owner == was.owner, "{what}: {name}");
        for ((grantee, _), grant) in &tablespace.grants {
            let mut grants = was.grants.iter();
            let had = grants.any(|((to, _), was)| to == grantee && gives(*was, *grant));
            assert!(had, "{what}: {name}");
        }
    }
}

/// Who may use, become, or grant on which role, as (role, member).
#[derive(Default)]
struct Edges {
    inherit: BTreeSet<(Name, Name)>,
    set: BTreeSet<(Name, Name)>,
    admin: BTreeSet<(Name, Name)>,
}

impl Edges {
    /// As a server understands it; before 16 there are no options but ADMIN.
    fn of(globals: &Globals, options: bool) -> Self {
        let mut edges = Self::default();
        for (key, membership) in &globals.memberships {
            let edge = (key.role.clone(), key.member.clone());
            let member = globals.roles.get(&key.member);
            let default = member.is_none_or(|member| member.has(Attribute::Inherit));
            let stated = |option: Option<Fact<bool>>, default: bool| match option {
                Some(fact) if options => fact.value,
                _ => default,
            };
            if stated(membership.inherit, default) {
                edges.inherit.insert(edge.clone());
            }
            if stated(membership.set, true) {
                edges.set.insert(edge.clone());
            }
            if membership.is_admin() {
                edges.admin.insert(edge);
            }
        }
        edges
    }

    /// In one way or the other.
    fn any(&self) -> BTreeSet<(Name, Name)> {
        self.inherit.union(&self.set).cloned().collect()
    }
}

/// What is reached over any number of memberships.
fn closure(edges: &BTreeSet<(Name, Name)>) -> BTreeSet<(Name, Name)> {
    let mut all = edges.clone();
    loop {
        let more: Vec<_> = all
            .iter()
            .flat_map(|(role, between)| {
                let joined = edges.iter().filter(move |(other, _)| other == between);
                joined.map(move |(_, member)| (role.clone(), member.clone()))
            })
            .filter(|pair| !all.contains(pair))
            .collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

/// Law 1 and the ledger, on statements as people write them.
#[test]
fn every_statement_is_accounted_for() {
    let targets =
        vec![("azure", 15), ("azure", 16), ("postgres", 14), ("postgres", 18), ("rds", 17)];
    let (tried, read) = (Cell::new(0), Cell::new(0));
    proptest!(config(), |(statements in statements(), target in select(targets))| {
        let input: Vec<_> = statements.iter().map(|statement| format!("{statement};")).collect();
        tried.set(tried.get() + 1);
        read.set(read.get() + u32::from(account(&input, target).map_err(TestCaseError::fail)?));
    });
    // What contradicts itself is refused, and proves nothing.
    assert!(read.get() * 2 > tried.get(), "only {read:?} of {tried:?} were read");
}

#[test]
fn every_statement_of_a_real_dump_is_accounted_for() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dumps/ok");
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let targets = [("azure", 15), ("azure", 18), ("postgres", 14), ("postgres", 18)];
    let mut dumps = 0;
    for path in paths {
        // Only text that is read as it stands can be taken apart.
        let Ok(text) = String::from_utf8(fs::read(&path).unwrap()) else { continue };
        let Some(pieces) = pieces(&text) else { continue };
        let target = targets[dumps % targets.len()];
        dumps += 1;
        let read = account(&pieces, target).unwrap_or_else(|why| panic!("{why}"));
        assert!(read, "{}", path.display());
    }
    assert!(dumps > targets.len(), "only {dumps} dumps");
}

/// The text, cut such that each statement is a piece of its own; none where the text that is read
/// is not the text of the file.
fn pieces(text: &str) -> Option<Vec<String>> {
    let mut reader = Reader::new(text.as_bytes()).ok()?;
    let mut cuts = vec![0];
    while let Some(piece) = reader.next().ok()? {
        let Piece::Statement(slice) = piece else { return None };
        let from = *cuts.last()?;
        let at = from + text[from..].find(slice.text)?;
        cuts.extend([at, at + slice.text.len()]);
    }
    cuts.push(text.len());
    Some(cuts.windows(2).map(|cut| text[cut[0]..cut[1]].to_owned()).collect())
}

/// What came out of some text.
struct Outcome {
    script: String,
    fates: Vec<(u32, Fate)>,
    findings: Vec<Finding>,
    /// What was read, with what is a default left out.
    model: Model,
    source: Option<&'static Platform>,
}

/// What a model says, as far as a script could tell.
#[derive(PartialEq, Debug)]
struct Model {
    roles: BTreeMap<Name, Role>,
    memberships: BTreeMap<(Name, Name, Option<Name>), [bool; 3]>,
    rest: Globals,
}

impl Model {
    fn of(mut globals: Globals) -> Self {
        let mut roles = BTreeMap::new();
        for (name, mut role) in std::mem::take(&mut globals.roles) {
            // A role that is only altered is created as well.
            role.created = None;
            for attribute in Attribute::ALL {
                let value = role.has(attribute);
                role.set(attribute, Some(generate::fact(value)));
            }
            role.connection_limit = role.connection_limit.filter(|limit| limit.value != -1);
            if !matches!(role.password, Password::Is(_)) {
                role.password = Password::Unknown;
            }
            roles.insert(name, role);
        }
        let mut memberships = BTreeMap::new();
        for (key, it) in std::mem::take(&mut globals.memberships) {
            let inherits = roles.get(&key.member).is_none_or(|role| role.has(Attribute::Inherit));
            let value = |option: Option<Fact<bool>>, default| option.map_or(default, |f| f.value);
            let options = [it.is_admin(), value(it.inherit, inherits), value(it.set, true)];
            memberships.insert((key.role, key.member, key.grantor), options);
        }
        Self { roles, memberships, rest: globals }
    }
}

/// Whence the source's platform is known.
#[derive(Clone, Copy)]
enum Source {
    Recognised,
    Given(Option<&'static Platform>),
}

/// What comes out for a target; none when the text is refused. The source's platform is recognised,
/// or given: a statement that shows it is not missed then.
fn outcome(text: &str, (platform, major): (&str, u32), source: Source) -> Option<Outcome> {
    let Reading { mut globals, ledger, findings, .. } =
        read(text.as_bytes(), Options::default()).ok()?;
    // A plaintext password becomes a verifier with a salt of its own each time, slowly. Another one
    // stands for it here.
    for role in globals.roles.values_mut() {
        if let Password::Is(fact) = &mut role.password
            && fact.value.kind() == VerifierKind::Plaintext
        {
            fact.value = Secret::new("md5ffffffffffffffffffffffffffffffff");
        }
    }
    let model = Model::of(globals.clone());
    let recognised = || {
        Platform::recognise(
            |role| globals.may_be_superuser(role),
            |tablespace| globals.tablespaces.contains_key(tablespace),
        )
    };
    let source = match source {
        Source::Recognised => recognised(),
        Source::Given(source) => source,
    };
    let rights = Rights::offline(Platform::builtin(platform).unwrap(), Major::new(major));
    let choices = Choices::default();
    let Sanitized { globals, ledger, findings, .. } =
        sanitize(globals, ledger, findings, rights, source, &choices).ok()?;
    let title = Title { source: "x", platform, granted: &[] };
    let shape = Shape { major: Major::new(major), if_not_exists: false, admin: None, once: None };
    let script = render_script(&globals, title, shape);
    let at = script.find("\nBEGIN READ WRITE;").unwrap_or(0);
    let script = &script[at..];
    let script = script.to_owned();
    Some(Outcome { script, fates: ledger.fates().collect(), findings, model, source })
}

/// Every statement is kept, rewritten or dropped; a dropped one has a finding and is not missed, a
/// kept one is.
///
/// Exempt are kept statements that only say what holds without them, a default of a new role or what
/// another statement says as well: without them the same model is read. So are those that take back,
/// replace or rename what the target would not have taken anyway: without them nothing else is kept.
/// And a dropped statement is missed where it had replaced another: what counts is what the source
/// had last, so that the other one is dropped as well.
///
/// False when the whole is refused.
fn account(pieces: &[String], target: (&str, u32)) -> Result<bool, String> {
    // Each piece on lines of its own, so that a line names it.
    let join = |leave_out: Option<usize>| {
        let mut text = String::new();
        let (mut line, mut lines) = (1, Vec::new());
        for (at, piece) in pieces.iter().enumerate() {
            if leave_out != Some(at) {
                lines.push((line, at));
                line += piece.matches('\n').count() + 1;
                text.push_str(piece);
                text.push('\n');
            }
        }
        (text, lines)
    };
    let (text, lines) = join(None);
    let Some(whole) = outcome(&text, target, Source::Recognised) else { return Ok(false) };
    // Each is looked at; of many, only some are left out, since all of the others are read again.
    let step = 1 + whole.fates.len() / 50;
    for (at, (line, fate)) in whole.fates.iter().enumerate() {
        let piece = lines.iter().rev().find(|(first, _)| *first <= *line as usize).unwrap().1;
        let what = || format!("{target:?}, line {line}, {fate:?}: {}\nof\n{text}", pieces[piece]);
        if *fate == Fate::Dropped && !whole.findings.iter().any(|f| f.line == Some(*line)) {
            return Err(format!("no finding: {}", what()));
        }
        if at % step != whole.fates.len() % step {
            continue;
        }
        // Without it, others may make no sense: that is refused, and tells nothing.
        let Some(without) = outcome(&join(Some(piece)).0, target, Source::Given(whole.source))
        else {
            continue;
        };
        if without.fates.len() + 1 != whole.fates.len() {
            return Err(format!("not one statement: {}", what()));
        }
        let same = without.script == whole.script;
        let superseded =
            |it: &Outcome| it.findings.iter().filter(|f| f.about.name == "superseded").count();
        // It tells the version, and with that what others mean.
        let depends = |it: &Outcome| {
            it.findings.iter().filter(|f| f.about.name == "depends-on-version").count()
        };
        if depends(&whole) != depends(&without) {
            continue;
        }
        let changes = [" RENAME TO ", "REVOKE GRANT OPTION FOR "];
        let replaces = superseded(&whole) > superseded(&without)
            || changes.iter().any(|words| pieces[piece].contains(words));
        let nothing_else_is_kept = || {
            let others = whole.fates.iter().filter(|(other, _)| other != line);
            let mut pairs = others.zip(&without.fates);
            pairs.all(|((_, with), (_, without))| with == without || *without != Fate::Kept)
        };
        let scripts = || format!("{}\n{}", whole.script, without.script);
        match fate {
            // What it replaced would come back.
            Fate::Dropped if superseded(&whole) > superseded(&without) => {}
            Fate::Dropped if !same => {
                return Err(format!("not dropped: {}\n{}", what(), scripts()));
            }
            Fate::Kept if replaces && nothing_else_is_kept() => {}
            Fate::Kept if same && without.model != whole.model => {
                return Err(format!("not kept: {}\n{}", what(), whole.script));
            }
            _ => {}
        }
    }
    Ok(true)
}

/// Statements on few names, so that they have to do with each other.
fn statements() -> impl Strategy<Value = Vec<String>> {
    const NAMES: [&str; 6] = ["a", "b", "c", "\"d\n--\"", "rdsadmin", "rds_superuser"];
    let role = || select(NAMES.to_vec());
    let created = subsequence(NAMES.to_vec(), 2..=4);
    let attribute = select(vec![
        "SUPERUSER",
        "NOSUPERUSER",
        "INHERIT",
        "NOINHERIT",
        "LOGIN",
        "NOLOGIN",
        "CREATEDB",
        "NOCREATEDB",
        "REPLICATION",
        "BYPASSRLS",
        "CREATEROLE",
        "CONNECTION LIMIT 5",
        "CONNECTION LIMIT -1",
        "VALID UNTIL 'infinity'",
        "VALID UNTIL '2001-01-01 00:00:00+00'",
        "PASSWORD NULL",
        "PASSWORD 'md50123456789abcdef0123456789abcdef'",
        "PASSWORD 'plain'",
        "PASSWORD 'SCRAM-SHA-256$junk'",
        "SYSID 5",
    ]);
    let options = prop::collection::vec(attribute, 1..3).prop_map(|options| options.join(" "));
    let setting = select(vec![
        "SET work_mem TO '1MB'",
        "SET work_mem TO '2MB'",
        "SET log_statement TO 'all'",
        "SET search_path TO ''",
        "RESET work_mem",
        "RESET ALL",
        "SET role TO 'b'",
        "SET rds.force_ssl TO '1'",
        "SET default_tablespace TO 't'",
    ]);
    let with = select(vec![
        "",
        " WITH ADMIN OPTION",
        " WITH INHERIT FALSE",
        " WITH INHERIT TRUE",
        " WITH SET FALSE",
        " WITH ADMIN TRUE, SET FALSE",
        " WITH INHERIT FALSE, SET FALSE",
    ]);
    let by = || prop_oneof![2 => Just(String::new()), 1 => role().prop_map(|r| format!(" GRANTED BY {r}"))];
    let revoked = select(vec!["", "ADMIN OPTION FOR ", "INHERIT OPTION FOR "]);
    let granted = prop_oneof![3 => role(), 1 => select(vec!["pg_monitor", "pg_maintain", "ghost"])];
    let one = prop_oneof![
        4 => (role(), options.clone()).prop_map(|(r, o)| format!("ALTER ROLE {r} WITH {o}")),
        3 => (role(), setting.clone()).prop_map(|(r, s)| format!("ALTER ROLE {r} {s}")),
        1 => (role(), setting.clone()).prop_map(|(r, s)| format!("ALTER ROLE {r} IN DATABASE x {s}")),
        1 => setting.prop_map(|s| format!("ALTER ROLE ALL {s}")),
        5 => (granted.clone(), role(), with, by())
            .prop_map(|(r, m, w, b)| format!("GRANT {r} TO {m}{w}{b}")),
        2 => (revoked, granted, role(), by(), any::<bool>()).prop_map(|(o, r, m, b, cascade)| {
            format!("REVOKE {o}{r} FROM {m}{b}{}", if cascade { " CASCADE" } else { "" })
        }),
        2 => (role(), select(vec!["'x'", "'y'", "NULL"]))
            .prop_map(|(r, c)| format!("COMMENT ON ROLE {r} IS {c}")),
        1 => (role(), select(vec!["'x'", "NULL"]))
            .prop_map(|(r, c)| format!("SECURITY LABEL FOR p ON ROLE {r} IS {c}")),
        1 => role().prop_map(|r| format!("DROP ROLE {r}")),
        1 => (role(), select(vec!["e", "b"])).prop_map(|(r, to)| format!("ALTER ROLE {r} RENAME TO {to}")),
        1 => role().prop_map(|r| format!("CREATE TABLESPACE t OWNER {r} LOCATION '/t'")),
        1 => role().prop_map(|r| format!("GRANT CREATE ON TABLESPACE t TO {r}")),
        1 => role().prop_map(|r| format!("REVOKE CREATE ON TABLESPACE t FROM {r}")),
        1 => Just("DROP TABLESPACE t".to_owned()),
        1 => (select(vec!["SET", "ALTER SYSTEM", "SET, ALTER SYSTEM"]), role(), any::<bool>()).prop_map(
            |(privilege, r, option)| {
                let option = if option { " WITH GRANT OPTION" } else { "" };
                format!("GRANT {privilege} ON PARAMETER work_mem TO {r}{option}")
            }
        ),
        1 => (select(vec!["", "GRANT OPTION FOR "]), role())
            .prop_map(|(o, r)| format!("REVOKE {o}SET ON PARAMETER work_mem FROM {r}")),
    ];
    let beginnings =
        (created, prop::collection::vec((any::<Index>(), options), 4)).prop_map(|(names, more)| {
            let create = |(at, name): (usize, &str)| {
                let (index, options) = &more[at];
                let with =
                    if index.index(2) == 0 { String::new() } else { format!(" WITH {options}") };
                format!("CREATE ROLE {name}{with}")
            };
            names.into_iter().enumerate().map(create).collect::<Vec<_>>()
        });
    let all = (beginnings, prop::collection::vec(one, 0..8));
    all.prop_map(|(creates, more)| possible([creates, more].concat(), &NAMES))
}

/// The statements without those about a role that another one has dropped before: a server refuses
/// them.
fn possible(statements: Vec<String>, names: &[&'static str]) -> Vec<String> {
    let mut dropped: Vec<&str> = Vec::new();
    let mentions = |statement: &str, name: &str| {
        let mut words = statement.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.any(|word| word == name) || (name.starts_with('"') && statement.contains(name))
    };
    let mut possible = statements;
    possible.retain(|statement| {
        if dropped.iter().any(|name| mentions(statement, name)) {
            return false;
        }
        if let Some(name) = statement.strip_prefix("DROP ROLE ") {
            dropped.extend(names.iter().filter(|known| **known == name));
        }
        true
    });
    possible
}

fn config() -> ProptestConfig {
    seeds::fixed(256)
}
