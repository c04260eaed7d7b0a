//! Extensions: whether they are there. Nobody can give one to another owner.

use std::sync::Arc;

use super::question::Question;
use crate::verify::contents::{Flags, Held};
use crate::verify::object::{Class, Object};
use crate::verify::privilege::Acl;

pub(super) const QUESTION: Question = Question {
    name: "pg_extension",
    about: "extensions",
    sql: |_| Some("SELECT x.extname, x.extowner FROM pg_extension x".to_owned()),
    take: |row, all| {
        let object = Object::global(Class::Extension, row.name(0)?);
        let owner = all.role(row, 1)?;
        let held =
            Held { owner, acl: Arc::new(Acl::default()), unstated: None, flags: Flags::default() };
        all.contents.objects.insert(object, held);
        Ok(())
    },
};
