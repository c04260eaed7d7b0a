//! What privileges are on: objects, known by their names and never by their oids, which differ on
//! every server.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::Serialize;

use super::privilege::{Privilege, Privileges};
use crate::name::{Name, is_hidden};
use crate::sql::push_identifier;

/// The kinds of objects.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Class {
    /// A database.
    Database,
    /// An extension: only whether it is there.
    Extension,
    /// A schema.
    Schema,
    /// A procedural language.
    Language,
    /// A foreign-data wrapper.
    ForeignDataWrapper,
    /// A foreign server.
    ForeignServer,
    /// A user mapping: only whether it is there.
    UserMapping,
    /// A publication, which has an owner and no privileges.
    Publication,
    /// A type or domain.
    Type,
    /// A collation; this and what follows has an owner and no privileges.
    Collation,
    /// A conversion between encodings.
    Conversion,
    /// An operator.
    Operator,
    /// An operator class.
    OperatorClass,
    /// An operator family.
    OperatorFamily,
    /// Extended statistics.
    Statistics,
    /// A text search configuration.
    TextSearchConfiguration,
    /// A text search dictionary.
    TextSearchDictionary,
    /// An event trigger.
    EventTrigger,
    /// A table, partitioned or not.
    Table,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A foreign table.
    ForeignTable,
    /// A column of one, as far as privileges are on it.
    Column,
    /// A sequence.
    Sequence,
    /// A function or aggregate.
    Function,
    /// A procedure.
    Procedure,
    /// A large object.
    LargeObject,
    /// Default privileges on tables.
    DefaultTables,
    /// Default privileges on sequences.
    DefaultSequences,
    /// Default privileges on functions.
    DefaultFunctions,
    /// Default privileges on types.
    DefaultTypes,
    /// Default privileges on schemas.
    DefaultSchemas,
    /// Default privileges on large objects.
    DefaultLargeObjects,
    /// A policy of row security.
    Policy,
}

impl Class {
    /// What messages call one of them, and several; nothing for tables, which are what privileges are
    /// usually on.
    pub const fn nouns(self) -> (&'static str, &'static str) {
        match self {
            Self::Database => ("database", "databases"),
            Self::Extension => ("extension", "extensions"),
            Self::Schema => ("schema", "schemas"),
            Self::Language => ("language", "languages"),
            Self::ForeignDataWrapper => ("foreign-data wrapper", "foreign-data wrappers"),
            Self::ForeignServer => ("foreign server", "foreign servers"),
            Self::UserMapping => ("user mapping", "user mappings"),
            Self::Publication => ("publication", "publications"),
            Self::Type => ("type", "types"),
            Self::Collation => ("collation", "collations"),
            Self::Conversion => ("conversion", "conversions"),
            Self::Operator => ("operator", "operators"),
            Self::OperatorClass => ("operator class", "operator classes"),
            Self::OperatorFamily => ("operator family", "operator families"),
            Self::Statistics => ("statistics", "statistics"),
            Self::TextSearchConfiguration => {
                ("text search configuration", "text search configurations")
            }
            Self::TextSearchDictionary => ("text search dictionary", "text search dictionaries"),
            Self::EventTrigger => ("event trigger", "event triggers"),
            Self::Table => ("table", "tables"),
            Self::View => ("view", "views"),
            Self::MaterializedView => ("materialized view", "materialized views"),
            Self::ForeignTable => ("foreign table", "foreign tables"),
            Self::Column => ("column", "columns"),
            Self::Sequence => ("sequence", "sequences"),
            Self::Function => ("function", "functions"),
            Self::Procedure => ("procedure", "procedures"),
            Self::LargeObject => ("large object", "large objects"),
            Self::Policy => ("policy", "policies"),
            Self::DefaultTables
            | Self::DefaultSequences
            | Self::DefaultFunctions
            | Self::DefaultTypes
            | Self::DefaultSchemas
            | Self::DefaultLargeObjects => ("default privileges on", "default privileges on"),
        }
    }

    /// What default privileges are on, as `ALTER DEFAULT PRIVILEGES` calls it; none for other classes.
    pub const fn defaults_on(self) -> Option<&'static str> {
        match self {
            Self::DefaultTables => Some("TABLES"),
            Self::DefaultSequences => Some("SEQUENCES"),
            Self::DefaultFunctions => Some("FUNCTIONS"),
            Self::DefaultTypes => Some("TYPES"),
            Self::DefaultSchemas => Some("SCHEMAS"),
            Self::DefaultLargeObjects => Some("LARGE OBJECTS"),
            _ => None,
        }
    }

    /// What everybody has on such an object unless somebody takes it away (`acldefault` in
    /// `src/backend/utils/adt/acl.c`).
    pub fn public_default(self) -> Privileges {
        match self {
            Self::Database => Privileges::of([Privilege::Connect, Privilege::Temporary]),
            Self::Function | Self::Procedure | Self::DefaultFunctions => {
                Privileges::of([Privilege::Execute])
            }
            Self::Type | Self::Language | Self::DefaultTypes => Privileges::of([Privilege::Usage]),
            _ => Privileges::default(),
        }
    }

    /// Whether it is one of the kinds that have an owner, and nothing else that concerns roles.
    pub const fn has_owner_only(self) -> bool {
        matches!(
            self,
            Self::Collation
                | Self::Conversion
                | Self::Operator
                | Self::OperatorClass
                | Self::OperatorFamily
                | Self::Statistics
                | Self::TextSearchConfiguration
                | Self::TextSearchDictionary
                | Self::EventTrigger
        )
    }

    /// Whether it is a row of `pg_class` that has privileges of its own.
    pub const fn is_relation(self) -> bool {
        matches!(
            self,
            Self::Table | Self::View | Self::MaterializedView | Self::ForeignTable | Self::Sequence
        )
    }

    /// Whether it is there only where it says something: that one side does not have it is no news.
    pub const fn is_statement(self) -> bool {
        matches!(self, Self::Column) || self.defaults_on().is_some()
    }
}

/// A type by its schema and name; an array's is that of its elements.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeName {
    /// Its schema.
    pub schema: Name,
    /// Its name.
    pub name: Name,
    /// Whether it is an array of these.
    pub is_array: bool,
}

/// What SQL calls the types that the catalogs call otherwise (`format_type_extended` in
/// `src/backend/utils/adt/format_type.c`).
const SQL_NAMES: [(&str, &str); 13] = [
    ("bool", "boolean"),
    ("bpchar", "character"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("time", "time without time zone"),
    ("timetz", "time with time zone"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("varbit", "bit varying"),
    ("varchar", "character varying"),
];

impl TypeName {
    /// What stands where an operator has nothing on its left.
    pub fn none() -> Self {
        Self { schema: Name::new(""), name: Name::new(""), is_array: false }
    }

    fn is_none(&self) -> bool {
        self.name.as_str().is_empty()
    }
}

impl fmt::Display for TypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("NONE");
        }
        if self.schema.as_str() == "pg_catalog" {
            match SQL_NAMES.iter().find(|(name, _)| *name == self.name.as_str()) {
                Some((_, shown)) => f.write_str(shown)?,
                None => self.name.fmt(f)?,
            }
        } else {
            write!(f, "{}.{}", self.schema, self.name)?;
        }
        f.write_str(if self.is_array { "[]" } else { "" })
    }
}

/// An object. Its [`Display`](fmt::Display) is its name without its class, for messages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Object {
    /// Its class.
    pub class: Class,
    /// Its schema, where it is in one; of default privileges the schema that they are for.
    pub schema: Option<Name>,
    /// Its name; the table of a column or policy, the number of a large object, the role whose
    /// default privileges or user mapping these are, of a mapping for everybody `public`.
    pub name: Name,
    /// The column's or policy's own name; the access method of an operator class or family; the server of a user
    /// mapping.
    pub part: Option<Name>,
    /// The types of a function's arguments, or of an operator's two.
    pub arguments: Option<Arc<[TypeName]>>,
}

/// Everybody, as a user mapping has it: no role can be called so (`check_rolespec_name` in
/// `src/backend/utils/adt/acl.c`).
pub(in crate::verify) const EVERYBODY: &str = "public";

impl Object {
    /// One in no schema.
    pub fn global(class: Class, name: Name) -> Self {
        Self { class, schema: None, name, part: None, arguments: None }
    }

    /// One in a schema.
    pub fn local(class: Class, schema: Name, name: Name) -> Self {
        Self { schema: Some(schema), ..Self::global(class, name) }
    }

    /// Whether it is a role's, and is called by that role's name.
    pub(super) fn is_of_role(&self) -> bool {
        self.class.defaults_on().is_some()
            || (self.class == Class::UserMapping && self.name.as_str() != EVERYBODY)
    }

    /// The access method of an operator class or family.
    fn method(&self) -> Option<&Name> {
        let has_one = matches!(self.class, Class::OperatorClass | Class::OperatorFamily);
        self.part.as_ref().filter(|_| has_one)
    }

    /// The table that a column or policy is of.
    #[must_use]
    pub fn table(&self) -> Self {
        Self { class: Class::Table, part: None, ..self.clone() }
    }

    /// As SQL names it behind its class: `shop."Order"`, `shop.f(pg_catalog.int4)`.
    pub fn sql(&self) -> String {
        let mut out = String::new();
        if let Some(schema) = &self.schema {
            push_identifier(schema.as_str(), &mut out);
            out.push('.');
        }
        if matches!(self.class, Class::LargeObject | Class::Operator) {
            out.push_str(self.name.as_str());
        } else {
            push_identifier(self.name.as_str(), &mut out);
        }
        if let Some(method) = self.method() {
            out.push_str(" USING ");
            push_identifier(method.as_str(), &mut out);
        }
        if let Some(arguments) = &self.arguments {
            out.push('(');
            for (at, argument) in arguments.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { ", " });
                if argument.is_none() {
                    out.push_str("NONE");
                    continue;
                }
                push_identifier(argument.schema.as_str(), &mut out);
                out.push('.');
                push_identifier(argument.name.as_str(), &mut out);
                out.push_str(if argument.is_array { "[]" } else { "" });
            }
            out.push(')');
        }
        out
    }

    /// With its class, in words: `schema shop`, `table shop.t`.
    pub fn with_class(&self) -> String {
        format!("{} {self}", self.class.nouns().0)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(on) = self.class.defaults_on() {
            write!(f, "{} that {} creates", on.to_lowercase(), self.name)?;
            return match &self.schema {
                Some(schema) => write!(f, " in {schema}"),
                None => Ok(()),
            };
        }
        if let (Class::Policy, Some(policy)) = (self.class, &self.part) {
            write!(f, "{policy} on ")?;
        }
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        if matches!(self.class, Class::LargeObject | Class::Operator) {
            f.write_str(self.name.as_str())?;
        } else {
            self.name.fmt(f)?;
        }
        if let (Class::UserMapping, Some(server)) = (self.class, &self.part) {
            write!(f, " on {server}")?;
        }
        if let (Class::Column, Some(column)) = (self.class, &self.part) {
            write!(f, ".{column}")?;
        }
        if let Some(method) = self.method() {
            write!(f, " USING {method}")?;
        }
        if let Some(arguments) = &self.arguments {
            f.write_char('(')?;
            for (at, argument) in arguments.iter().enumerate() {
                f.write_str(if at == 0 { "" } else { ", " })?;
                argument.fmt(f)?;
            }
            f.write_char(')')?;
        }
        Ok(())
    }
}

/// Whether a name can stand in a comment or a psql command, which end with their line.
pub fn fits_a_line(name: &Name) -> bool {
    !name.as_str().contains(is_hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text)
    }

    #[test]
    fn objects_are_named_for_people_and_for_sql() {
        let table = Object::local(Class::Table, name("shop"), name("Order"));
        assert_eq!(
            (table.to_string().as_str(), table.sql().as_str()),
            ("shop.\"Order\"", "shop.\"Order\"")
        );
        let column = Object { class: Class::Column, part: Some(name("a b")), ..table.clone() };
        assert_eq!(column.with_class(), "column shop.\"Order\".\"a b\"");
        assert_eq!(column.table(), table);
        let argument = |schema: &str, of: &str, is_array| TypeName {
            schema: name(schema),
            name: name(of),
            is_array,
        };
        let arguments = [
            argument("pg_catalog", "int4", true),
            argument("shop", "Status", false),
            argument("pg_catalog", "char", false),
        ];
        let function = Object {
            arguments: Some(Arc::from(arguments)),
            ..Object::local(Class::Function, name("shop"), name("f"))
        };
        assert_eq!(function.with_class(), "function shop.f(integer[], shop.\"Status\", char)");
        assert_eq!(
            function.sql(),
            "shop.f(pg_catalog.int4[], shop.\"Status\", pg_catalog.\"char\")"
        );
        let large = Object::global(Class::LargeObject, name("42"));
        assert_eq!((large.with_class().as_str(), large.sql().as_str()), ("large object 42", "42"));
        let defaults = Object::local(Class::DefaultTables, name("shop"), name("owner"));
        assert_eq!(
            defaults.with_class(),
            "default privileges on tables that owner creates in shop"
        );
        let policy = Object { class: Class::Policy, part: Some(name("p")), ..table };
        assert_eq!(policy.with_class(), "policy p on shop.\"Order\"");
    }
}
