//! The functions of users, and of extensions.

use std::collections::HashMap;

use super::mention::Mentions;
use super::text;
use crate::check::prelude::*;
use crate::sql::{Token, tokens};

/// With their texts. What a standard body names is in `pg_depend`.
macro_rules! query {
    ($standard:literal) => {
        concat!(
            "SELECT p.oid, p.oid::regprocedure::text AS function, l.lanname AS language, \
             CASE WHEN l.lanname IN ('sql', 'plpgsql') AND NOT ",
            $standard,
            " THEN p.prosrc END AS body, (SELECT substr(c, 13) FROM unnest(p.proconfig) c \
             WHERE lower(c) LIKE 'search_path=%') AS path, NOT ",
            of_no_extension!("pg_proc", "p"),
            " AS is_of_extension, array_to_string(p.proargnames, chr(10)) AS names, \
             array_to_string(coalesce(p.proallargtypes, p.proargtypes::oid[]), ' ') AS types, \
             array_to_string(p.proargtypes::oid[], ' ') AS inputs \
             FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace \
             WHERE (l.lanname NOT IN ('c', 'internal')) AND ",
            user_schema!()
        )
    };
}

pub(super) const FUNCTIONS: Question = Question {
    name: "texts of functions",
    of: Of::SourceDatabases,
    sql: |major| {
        Some(if major >= Major::new(14) {
            query!("(p.prosqlbody IS NOT NULL)")
        } else {
            query!("false")
        })
    },
};

/// One function.
#[derive(Debug)]
pub(super) struct Function<'a> {
    /// Its name, with its arguments.
    pub(super) name: &'a str,
    pub(super) language: &'a str,
    body: Option<&'a str>,
    /// The schemas of its own `search_path`, where it has one.
    pub(super) path: Option<Vec<String>>,
    pub(super) is_of_extension: bool,
    /// Its parameters that have names, and the types of all.
    parameters: Vec<(&'a str, u32)>,
    inputs: Vec<u32>,
}

impl Function<'_> {
    /// What its text names; none where it has none that can be read.
    pub(super) fn mentions(&self) -> Option<Mentions> {
        Some(text::read(self.body?, self.language == "plpgsql"))
    }

    /// Whether its text is in a language that is not looked at.
    pub(super) fn is_unread(&self) -> bool {
        !matches!(self.language, "sql" | "plpgsql")
    }

    /// The type of a parameter, by its name.
    pub(super) fn parameter(&self, name: &str) -> Option<u32> {
        let mut parameters = self.parameters.iter();
        parameters.find(|(it, _)| *it == name).map(|(_, of_type)| *of_type)
    }

    /// The type of `$1`.
    pub(super) fn numbered(&self, number: usize) -> Option<u32> {
        self.inputs.get(number.checked_sub(1)?).copied()
    }
}

/// The schemas of a `search_path`.
fn schemas(path: &str) -> Vec<String> {
    let tokens = tokens(path);
    let names = tokens.into_iter().filter_map(|token| match token {
        Token::Word(name) | Token::Quoted(name) | Token::Literal(name) => Some(name.into_owned()),
        _ => None,
    });
    names.collect()
}

/// The functions of a database, by their OIDs.
pub(super) fn read(database: &Database) -> Result<HashMap<u32, Function<'_>>, Unseen> {
    let mut functions = HashMap::new();
    let oids = |text: &str| text.split(' ').filter_map(|oid| oid.parse().ok()).collect::<Vec<_>>();
    for row in database.rows(&FUNCTIONS)? {
        let names = row.text("names")?.split('\n');
        let function = Function {
            name: row.text("function")?,
            language: row.text("language")?,
            body: row.get("body")?,
            path: row.get("path")?.map(schemas),
            is_of_extension: row.flag("is_of_extension")?,
            parameters: names.zip(oids(row.text("types")?)).collect(),
            inputs: oids(row.text("inputs")?),
        };
        functions.insert(row.number("oid")?.unwrap_or(0), function);
    }
    Ok(functions)
}
