//! What is collected while the answers are read.

use std::sync::Arc;

use foldhash::HashMap;

use crate::connect::{Row, Unfit};
use crate::name::Name;
use crate::subject::Grantee;
use crate::verify::contents::{Contents, Flags, Held};
use crate::verify::object::{Object, TypeName};
use crate::verify::privilege::Acl;

/// What is collected while the answers are read.
#[derive(Default)]
pub(super) struct Taking {
    pub(super) contents: Contents,
    /// Roles by oid.
    pub(super) roles: HashMap<String, Name>,
    /// Types by oid.
    pub(super) types: HashMap<String, TypeName>,
    /// Thousands of objects have the same privileges.
    acls: HashMap<String, Arc<Acl>>,
}

impl Taking {
    /// A role by its oid; one that is gone, or that was made while we read, by the oid itself, as the
    /// server shows it.
    pub(super) fn role(&self, row: &Row, column: usize) -> Result<Name, Unfit> {
        let oid = row.text(column)?;
        match self.roles.get(oid) {
            Some(name) => Ok(name.clone()),
            None => row.name(column),
        }
    }

    /// Privileges; NULL is none at all.
    pub(super) fn acl(&mut self, row: &Row, column: usize) -> Result<Arc<Acl>, Unfit> {
        let text = row.get(column)?.unwrap_or_default();
        if let Some(known) = self.acls.get(text) {
            return Ok(Arc::clone(known));
        }
        let roles = &self.roles;
        let named =
            |oid: &str| Grantee::Role(roles.get(oid).cloned().unwrap_or_else(|| Name::new(oid)));
        let acl = Acl::read(text, named).map_err(|what| row.unfit(column, what))?;
        let acl = Arc::new(acl);
        self.acls.insert(text.to_owned(), Arc::clone(&acl));
        Ok(acl)
    }

    /// The types of a function's arguments or an operator's operands, by their oids with blanks between them.
    pub(super) fn arguments(&self, row: &Row, column: usize) -> Result<Arc<[TypeName]>, Unfit> {
        let oids = row.text(column)?.split(' ').filter(|oid| !oid.is_empty());
        let named = oids.map(|oid| {
            if oid == "0" {
                return TypeName::none();
            }
            // A type that was made while we read is known by its oid: the other side has no such.
            let unknown =
                || TypeName { schema: Name::new("oid"), name: Name::new(oid), is_array: false };
            self.types.get(oid).cloned().unwrap_or_else(unknown)
        });
        Ok(named.collect())
    }

    /// Adds an object with its owner and privileges, from these columns.
    pub(super) fn add(
        &mut self,
        object: Object,
        row: &Row,
        [owner, acl]: [usize; 2],
        flags: Flags,
    ) -> Result<(), Unfit> {
        let owner = self.role(row, owner)?;
        let acl = self.acl(row, acl)?;
        self.contents.objects.insert(object, Held { owner, acl, unstated: None, flags });
        Ok(())
    }
}
