//! Publications: who owns them.

use std::sync::Arc;

use super::question::Question;
use crate::verify::contents::{Flags, Held};
use crate::verify::object::{Class, Object};
use crate::verify::privilege::Acl;
use crate::version::Major;

pub(super) const QUESTION: Question = Question {
    name: "pg_publication",
    about: "publications",
    sql: |major| {
        let sql = "SELECT p.pubname, p.pubowner FROM pg_publication p";
        (major >= Major::new(10)).then(|| sql.to_owned())
    },
    take: |row, all| {
        let object = Object::global(Class::Publication, row.name(0)?);
        let owner = all.role(row, 1)?;
        let held =
            Held { owner, acl: Arc::new(Acl::default()), unstated: None, flags: Flags::default() };
        all.contents.objects.insert(object, held);
        Ok(())
    },
};
