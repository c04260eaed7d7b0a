//! Statements are collected into what a server makes of them: generated sequences, of which those
//! statements count that a server accepts.
//!
//! ```text
//! PROPTEST_CASES=20000 tests/run -- --ignored --nocapture collected::soak
//! ```
//!
//! `PROPTEST_CASES` is the number of sequences, `PROPTEST_RNG_SEED` repeats those of an earlier run.

use std::collections::BTreeMap;

use pg_globals::attribute::Attribute;
use pg_globals::globals::{
    Fact, Globals, Grantee, MembershipKey, ParameterKey, Password, Role, SettingKey, Value,
};
use pg_globals::name::Name;
use pg_globals::read::{Options, live, read};

use crate::support::catalog::assert_same;
use crate::support::cluster::Cluster;

/// Follows whatever another role does.
const RESET: &str = "RESET SESSION AUTHORIZATION";

#[test]
fn on_15() {
    check(15, 1, 250);
}

#[test]
fn on_18() {
    check(18, 2, 250);
}

#[test]
#[ignore = "takes long"]
#[allow(clippy::print_stdout, reason = "it says how to repeat it")]
fn soak() {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let process = u64::from(std::process::id());
    let seed = number("PROPTEST_RNG_SEED").unwrap_or(process);
    let cases = number("PROPTEST_CASES").unwrap_or(1_000);
    println!("PROPTEST_RNG_SEED={seed}");
    for major in [10, 14, 15, 16, 17, 18] {
        for round in 0..cases.div_ceil(250) {
            check(major, seed + (round << 32), 250);
        }
    }
}

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(most).unwrap()).unwrap()
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Sequences with names of their own, on one server.
fn check(major: u32, seed: u64, count: usize) {
    let server = Cluster::start(major);
    let mut dice = Dice(seed);
    let (accepted, there) = server.with_client("postgres", "postgres", async |client| {
        let mut accepted = Vec::new();
        for number in 0..count {
            let mut text = String::new();
            let sequence = Sequence { major, number };
            for statements in sequence.statements(&mut dice) {
                let mut all_succeed = true;
                for statement in &statements {
                    if all_succeed || statement == RESET {
                        all_succeed &= client.simple_query(statement).await.is_ok();
                    }
                }
                if all_succeed {
                    text.extend(statements.iter().flat_map(|it| [it, ";\n"]));
                }
            }
            accepted.push(text);
        }
        (accepted, live::read(client).await.unwrap().globals)
    });
    let mut statements = 0;
    for (number, text) in accepted.iter().enumerate() {
        statements += text.matches(";\n").count();
        let there = Seen::of(&there, major, number);
        let what = format!("{number} of {seed} on {major}:\n{text}");
        let collected = |text: &str| {
            let reading = read(text.as_bytes(), Options::default());
            let globals = reading.unwrap_or_else(|failure| panic!("{failure:?} in {what}")).globals;
            Seen::of(&globals, major, number)
        };
        let known = format!("-- Dumped from database version {major}.1\n{text}");
        there.assert_is(&collected(&known), &what);
        there.assert_has(&collected(text), &what);
    }
    // Most are accepted.
    assert!(statements > 10 * count, "{statements}");
}

/// Owners change, and with them what was granted in their name.
#[test]
fn tablespaces() {
    for major in [15, 18] {
        let server = Cluster::start(major);
        let mut dice = Dice(u64::from(major));
        let (accepted, there) = server.with_client("postgres", "postgres", async |client| {
            client.batch_execute("SET allow_in_place_tablespaces = on").await.unwrap();
            let mut accepted = Vec::new();
            for number in 0..60 {
                let names = ["a", "b", "c", "d"].map(|name| format!("t{number}{name}"));
                let mut text = names.each_ref().map(|name| format!("CREATE ROLE {name};\n")).concat();
                let create = format!("CREATE TABLESPACE t{number} OWNER {} LOCATION ''", names[0]);
                client.batch_execute(&text).await.unwrap();
                client.batch_execute(&create).await.unwrap();
                text.extend([&create, ";\n"]);
                for _ in 0..10 {
                    let [by, to] = [&names[dice.below(4)], &names[dice.below(4)]];
                    let cascade = if dice.one_in(2) { " CASCADE" } else { "" };
                    let (option, only) =
                        if dice.one_in(2) { (" WITH GRANT OPTION", "GRANT OPTION FOR ") } else { ("", "") };
                    let statement = match dice.below(6) {
                        0 => format!("ALTER TABLESPACE t{number} OWNER TO {to}"),
                        1 => format!("REVOKE {only}CREATE ON TABLESPACE t{number} FROM {to}{cascade}"),
                        _ => format!("GRANT CREATE ON TABLESPACE t{number} TO {to}{option}"),
                    };
                    // Whoever may not grant is only warned.
                    let may = format!(
                        "SELECT pg_catalog.has_tablespace_privilege('{by}', 't{number}', 'CREATE WITH GRANT OPTION')"
                    );
                    let may: bool = client.query_one(&may, &[]).await.unwrap().get(0);
                    let authorization = format!("SET SESSION AUTHORIZATION {by}");
                    let statements = if may && !statement.starts_with("ALTER") && dice.one_in(2) {
                        vec![authorization.as_str(), &statement, RESET]
                    } else {
                        vec![&*statement]
                    };
                    let mut all_succeed = true;
                    for statement in &statements {
                        if all_succeed || *statement == RESET {
                            all_succeed &= client.batch_execute(statement).await.is_ok();
                        }
                    }
                    if all_succeed {
                        text.extend(statements.iter().flat_map(|it| [it, ";\n"]));
                    }
                }
                accepted.push(text);
            }
            (accepted, live::read(client).await.unwrap().globals)
        });
        let seen = |globals: &Globals, name: &str| {
            let tablespace = &globals.tablespaces[&Name::new(name)];
            let owner = tablespace.owner.as_ref().map(|owner| owner.value.clone());
            // What the owner has by itself is no grant.
            let grants = tablespace.grants.iter().filter(|((grantee, grantor), option)| {
                grantee.role() != owner.as_ref() || grantor.is_some() || option.value
            });
            let grants: Vec<_> = grants.map(|(key, option)| (key.clone(), option.value)).collect();
            (owner, grants)
        };
        for (number, text) in accepted.iter().enumerate() {
            let text = format!("-- Dumped from database version {major}.1\n{text}");
            let reading = read(text.as_bytes(), Options::default());
            let globals = reading.unwrap_or_else(|failure| panic!("{failure:?} in {text}")).globals;
            let name = format!("t{number}");
            assert_eq!(seen(&globals, &name), seen(&there, &name), "{text}");
        }
        let changes = accepted.concat().matches("OWNER TO").count();
        assert!(changes > 60, "{changes}");
    }
}

struct Sequence {
    major: u32,
    number: usize,
}

impl Sequence {
    /// Statements, together with those round them.
    fn statements(&self, dice: &mut Dice) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for role in ["a", "b", "c", "d", "e"] {
            let inherit = dice.pick(&["", "", " NOINHERIT"]);
            all.push(vec![format!("CREATE ROLE {}{inherit}", self.name(role))]);
        }
        for _ in 0..15 + dice.below(15) {
            all.push(self.any(dice));
        }
        all
    }

    fn name(&self, role: &str) -> String {
        format!("s{}_{role}", self.number)
    }

    fn role(&self, dice: &mut Dice) -> String {
        self.name(dice.pick(&["a", "b", "c", "d", "e", "f"]))
    }

    fn roles(&self, dice: &mut Dice) -> String {
        let first = self.role(dice);
        if dice.one_in(6) { format!("{first}, {}", self.role(dice)) } else { first }
    }

    fn any(&self, dice: &mut Dice) -> Vec<String> {
        let role = self.role(dice);
        let statement = match dice.below(24) {
            0 => self.create(dice, &role),
            1 => format!("DROP ROLE {}", self.roles(dice)),
            2 => format!("ALTER ROLE {role} RENAME TO {}", self.role(dice)),
            3..=5 => format!("ALTER ROLE {role} {}", dice.pick(&["INHERIT", "NOINHERIT"])),
            6 => {
                let options = dice.pick(&[
                    "LOGIN",
                    "NOLOGIN CREATEDB",
                    "CONNECTION LIMIT 7",
                    "PASSWORD 'md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
                    "PASSWORD NULL",
                    "VALID UNTIL '2030-01-01 00:00:00+00'",
                ]);
                format!("ALTER ROLE {role} {options}")
            }
            7..=13 => self.grant(dice),
            14..=18 => self.revoke(dice),
            19 => {
                let change = dice.pick(&[
                    "SET work_mem = '8MB'",
                    "SET work_mem = '9MB'",
                    "SET search_path = a, \"B c\"",
                    "RESET work_mem",
                    "RESET ALL",
                    "IN DATABASE postgres SET work_mem = '7MB'",
                    "IN DATABASE postgres RESET ALL",
                ]);
                format!("ALTER ROLE {role} {change}")
            }
            20 => format!("COMMENT ON ROLE {role} IS {}", dice.pick(&["'x'", "'y'", "NULL"])),
            _ if self.major < 15 => self.grant(dice),
            _ => return self.parameter(dice),
        };
        vec![statement]
    }

    fn create(&self, dice: &mut Dice, role: &str) -> String {
        let inherit = dice.pick(&["", " NOINHERIT"]);
        let clause = dice.pick(&["", " IN ROLE", " ROLE", " ADMIN"]);
        let others = if clause.is_empty() { String::new() } else { self.roles(dice) };
        format!("CREATE ROLE {role}{inherit}{clause} {others}")
    }

    fn granted_by(&self, dice: &mut Dice) -> String {
        match dice.below(8) {
            0..=3 => String::new(),
            4 => format!(" GRANTED BY {}", dice.pick(&["postgres", "CURRENT_USER"])),
            _ => format!(" GRANTED BY {}", self.role(dice)),
        }
    }

    fn grant(&self, dice: &mut Dice) -> String {
        let options = if self.major >= 16 {
            dice.pick(&[
                "",
                "",
                " WITH ADMIN OPTION",
                " WITH ADMIN TRUE",
                " WITH ADMIN FALSE",
                " WITH INHERIT FALSE",
                " WITH INHERIT TRUE, SET FALSE",
                " WITH SET TRUE",
                " WITH ADMIN OPTION, INHERIT FALSE",
            ])
        } else {
            dice.pick(&["", " WITH ADMIN OPTION"])
        };
        let (roles, members) = (self.roles(dice), self.roles(dice));
        format!("GRANT {roles} TO {members}{options}{}", self.granted_by(dice))
    }

    fn revoke(&self, dice: &mut Dice) -> String {
        let option = if self.major >= 16 {
            dice.pick(&["", "", "ADMIN OPTION FOR ", "INHERIT OPTION FOR ", "SET OPTION FOR "])
        } else {
            dice.pick(&["", "", "ADMIN OPTION FOR "])
        };
        let (roles, members) = (self.roles(dice), self.roles(dice));
        let behaviour = dice.pick(&["", " CASCADE", " RESTRICT"]);
        format!("REVOKE {option}{roles} FROM {members}{}{behaviour}", self.granted_by(dice))
    }

    fn parameter(&self, dice: &mut Dice) -> Vec<String> {
        let privilege = dice.pick(&["SET", "ALTER SYSTEM", "ALL", "SET, ALTER SYSTEM"]);
        let name = format!("s{}.{}", self.number, dice.pick(&["p", "Q"]));
        let role = if dice.one_in(6) { "PUBLIC".to_owned() } else { self.roles(dice) };
        let statement = if dice.one_in(3) {
            let option = dice.pick(&["", "GRANT OPTION FOR "]);
            let behaviour = dice.pick(&["", " CASCADE"]);
            format!("REVOKE {option}{privilege} ON PARAMETER {name} FROM {role}{behaviour}")
        } else {
            let option = dice.pick(&["", " WITH GRANT OPTION"]);
            format!("GRANT {privilege} ON PARAMETER {name} TO {role}{option}")
        };
        if dice.one_in(2) {
            return vec![statement];
        }
        let become_other = format!("SET SESSION AUTHORIZATION {}", self.role(dice));
        vec![become_other, statement, RESET.to_owned()]
    }
}

/// What counts, of one sequence.
#[derive(Debug)]
struct Seen {
    roles: BTreeMap<Name, Role>,
    /// ADMIN, INHERIT and SET; before 16 whoever granted it.
    memberships: BTreeMap<MembershipKey, [bool; 3]>,
    settings: BTreeMap<SettingKey, Value>,
    parameters: BTreeMap<ParameterKey, [Option<bool>; 2]>,
}

impl Seen {
    fn of(globals: &Globals, major: u32, number: usize) -> Self {
        let prefix = format!("s{number}_");
        let is_its = |name: &Name| name.as_str().starts_with(&prefix);
        let inherits = |name: &Name| globals.roles[name].has(Attribute::Inherit);
        let mut memberships = BTreeMap::new();
        for (key, it) in globals.memberships.iter().filter(|(key, _)| is_its(&key.member)) {
            let value = |fact: Option<Fact<bool>>, default| fact.map_or(default, |fact| fact.value);
            let grantor = key.grantor.clone().filter(|_| major >= 16);
            let key = MembershipKey {
                grantor: grantor.filter(|name| name.as_str() != "postgres"),
                ..key.clone()
            };
            let inherit = value(it.inherit, inherits(&key.member));
            let options = [it.is_admin(), inherit, value(it.set, true)];
            let united: &mut [bool; 3] = memberships.entry(key).or_default();
            united.iter_mut().zip(options).for_each(|(one, other)| *one |= other);
        }
        let settings = globals.settings.iter();
        let settings = settings.filter(|(key, _)| key.role.as_ref().is_some_and(is_its));
        let prefix = format!("s{number}.");
        let parameters = globals.parameters.iter();
        let parameters = parameters.filter(|(key, _)| key.parameter.as_str().starts_with(&prefix));
        Self {
            roles: globals
                .roles
                .iter()
                .filter(|(name, _)| is_its(name))
                .map(|(name, role)| (name.clone(), plain(role)))
                .collect(),
            memberships,
            settings: settings.map(|(key, fact)| (key.clone(), fact.value.clone())).collect(),
            parameters: parameters
                .map(|(key, it)| {
                    let options = [it.set, it.alter_system].map(|fact| fact.map(|it| it.value));
                    let grantor = key.grantor.clone().filter(|name| name.as_str() != "postgres");
                    (ParameterKey { grantor, ..key.clone() }, options)
                })
                .filter(|(key, _)| key.grantee != Grantee::Role(Name::new("postgres")))
                .collect(),
        }
    }

    fn assert_is(&self, got: &Self, what: &str) {
        assert_same(&format!("roles of {what}"), &got.roles, &self.roles);
        assert_same(&format!("memberships of {what}"), &got.memberships, &self.memberships);
        assert_same(&format!("settings of {what}"), &got.settings, &self.settings);
        assert_same(&format!("parameters of {what}"), &got.parameters, &self.parameters);
    }

    /// Nothing is more than the server has.
    fn assert_has(&self, got: &Self, what: &str) {
        let united = |seen: &Self| {
            let mut all: BTreeMap<(Name, Name), [bool; 3]> = BTreeMap::new();
            for (key, it) in &seen.memberships {
                let pair = (key.role.clone(), key.member.clone());
                let united = all.entry(pair).or_default();
                united.iter_mut().zip(it).for_each(|(one, other)| *one |= other);
            }
            all
        };
        let there = united(self);
        for (pair, options) in united(got) {
            let there = there.get(&pair).copied().unwrap_or_default();
            let is_more = options.iter().zip(there).any(|(got, there)| *got && !there);
            assert!(!is_more, "{pair:?} has {options:?}, and not {there:?}, in {what}");
        }
        assert_same(&format!("settings of {what}"), &got.settings, &self.settings);
    }
}

/// What is stated, or what a new role has.
fn plain(role: &Role) -> Role {
    let mut plain = role.clone();
    plain.created = Some(Fact::default());
    for attribute in Attribute::ALL {
        plain.set(attribute, Some(Fact { value: role.has(attribute), ..Fact::default() }));
    }
    if plain.password == Password::Unknown {
        plain.password = Password::None(Fact::default());
    }
    plain.connection_limit = plain.connection_limit.filter(|limit| limit.value != -1);
    plain
}
