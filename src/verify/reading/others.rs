//! What has an owner and nothing else that concerns roles: collations, operators, text search.

use std::sync::Arc;

use super::fragments::{of_no_extension, user_schema};
use super::question::Question;
use crate::verify::contents::{Flags, Held};
use crate::verify::object::{Class, Object};
use crate::verify::privilege::Acl;
use crate::version::Major;

/// A catalog whose objects have a schema, a name and an owner: its letter here, the catalog, its columns.
macro_rules! owned {
    ($letter:literal, $catalog:literal, $space:literal, $name:literal, $owner:literal, $method:literal) => {
        concat!(
            "SELECT '",
            $letter,
            "', n.nspname, o.",
            $name,
            ", o.",
            $owner,
            ", ",
            $method,
            ", NULL FROM ",
            $catalog,
            " o JOIN pg_namespace n ON n.oid = o.",
            $space,
            " WHERE ",
            user_schema!(),
            " AND ",
            of_no_extension!($catalog, "o")
        )
    };
}

const ACCESS_METHOD: &str = "(SELECT m.amname FROM pg_am m WHERE m.oid = o.";

pub(super) const QUESTION: Question = Question {
    name: "pg_collation, pg_operator and their like",
    about: "owners of collations, operators and text search objects",
    sql: |major| {
        let mut all = vec![
            owned!("c", "pg_collation", "collnamespace", "collname", "collowner", "NULL").to_owned(),
            owned!("v", "pg_conversion", "connamespace", "conname", "conowner", "NULL").to_owned(),
            owned!("t", "pg_ts_config", "cfgnamespace", "cfgname", "cfgowner", "NULL").to_owned(),
            owned!("d", "pg_ts_dict", "dictnamespace", "dictname", "dictowner", "NULL").to_owned(),
            owned!("o", "pg_operator", "oprnamespace", "oprname", "oprowner", "NULL").replacen(
                "NULL, NULL",
                "NULL, concat(o.oprleft, ' ', o.oprright)",
                1,
            ),
            owned!("k", "pg_opclass", "opcnamespace", "opcname", "opcowner", "METHOD")
                .replacen("METHOD", &format!("{ACCESS_METHOD}opcmethod)"), 1),
            owned!("f", "pg_opfamily", "opfnamespace", "opfname", "opfowner", "METHOD")
                .replacen("METHOD", &format!("{ACCESS_METHOD}opfmethod)"), 1),
            concat!(
                "SELECT 'e', NULL, o.evtname, o.evtowner, NULL, NULL FROM pg_event_trigger o WHERE ",
                of_no_extension!("pg_event_trigger", "o")
            )
            .to_owned(),
        ];
        if major >= Major::new(10) {
            all.push(
                owned!("s", "pg_statistic_ext", "stxnamespace", "stxname", "stxowner", "NULL")
                    .to_owned(),
            );
        }
        Some(all.join(" UNION ALL "))
    },
    take: |row, all| {
        let class = match row.text(0)? {
            "c" => Class::Collation,
            "v" => Class::Conversion,
            "t" => Class::TextSearchConfiguration,
            "d" => Class::TextSearchDictionary,
            "o" => Class::Operator,
            "k" => Class::OperatorClass,
            "f" => Class::OperatorFamily,
            "e" => Class::EventTrigger,
            "s" => Class::Statistics,
            _ => return Err(row.unfit(0, "a class that was not asked for")),
        };
        let arguments = match class {
            Class::Operator => Some(all.arguments(row, 5)?),
            _ => None,
        };
        let name = Object::global(class, row.name(2)?);
        let object =
            Object { schema: row.name_or_null(1)?, part: row.name_or_null(4)?, arguments, ..name };
        let owner = all.role(row, 3)?;
        let held =
            Held { owner, acl: Arc::new(Acl::default()), unstated: None, flags: Flags::default() };
        all.contents.objects.insert(object, held);
        Ok(())
    },
};
