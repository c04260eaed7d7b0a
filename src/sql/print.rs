//! Statements as text, in one spelling each.

use std::fmt::Write as _;

use super::ast::{
    MembershipOption, MembershipOptions, Object, Privileges, RoleOption, RoleSpec, Session,
    SettingChange, SettingValue, Statement, TablespaceChange, Text,
};
use super::quote::{push_identifier, push_literal};

/// Appends `statement` to `out`, without a semicolon; nothing for a guard.
pub(super) fn print_plain(statement: &Statement<'_>, out: &mut String) {
    match statement {
        Statement::CreateRole { name, options } => {
            out.push_str("CREATE ROLE ");
            push_identifier(name, out);
            role_options(options, out);
        }
        Statement::AlterRole { role, options } => {
            out.push_str("ALTER ROLE ");
            role_spec(role, out);
            role_options(options, out);
        }
        Statement::AlterSetting { role: None, database: Some(database), change } => {
            out.push_str("ALTER DATABASE ");
            push_identifier(database, out);
            out.push(' ');
            setting_change(change, out);
        }
        Statement::AlterSetting { role, database, change } => {
            out.push_str("ALTER ROLE ");
            match role {
                Some(role) => role_spec(role, out),
                None => out.push_str("ALL"),
            }
            if let Some(database) = database {
                out.push_str(" IN DATABASE ");
                push_identifier(database, out);
            }
            out.push(' ');
            setting_change(change, out);
        }
        Statement::RenameRole { from, to } => {
            out.push_str("ALTER ROLE ");
            push_identifier(from, out);
            out.push_str(" RENAME TO ");
            push_identifier(to, out);
        }
        Statement::DropRole { if_exists, roles } => {
            out.push_str(if *if_exists { "DROP ROLE IF EXISTS " } else { "DROP ROLE " });
            role_list(roles, out);
        }
        Statement::GrantRole { roles, members, options, granted_by } => {
            out.push_str("GRANT ");
            names(roles, out);
            out.push_str(" TO ");
            role_list(members, out);
            membership_options(*options, out);
            by(granted_by.as_ref(), out);
        }
        Statement::RevokeRole { option, roles, members, granted_by, cascade } => {
            out.push_str("REVOKE ");
            out.push_str(match option {
                None => "",
                Some(MembershipOption::Admin) => "ADMIN OPTION FOR ",
                Some(MembershipOption::Inherit) => "INHERIT OPTION FOR ",
                Some(MembershipOption::Set) => "SET OPTION FOR ",
            });
            names(roles, out);
            out.push_str(" FROM ");
            role_list(members, out);
            by(granted_by.as_ref(), out);
            out.push_str(if *cascade { " CASCADE" } else { "" });
        }
        Statement::Grant { privileges, grantees, grant_option, granted_by } => {
            out.push_str("GRANT ");
            on(privileges, out);
            out.push_str(" TO ");
            role_list(grantees, out);
            out.push_str(if *grant_option { " WITH GRANT OPTION" } else { "" });
            by(granted_by.as_ref(), out);
        }
        Statement::Revoke { privileges, grantees, grant_option_only, granted_by, cascade } => {
            out.push_str(if *grant_option_only { "REVOKE GRANT OPTION FOR " } else { "REVOKE " });
            on(privileges, out);
            out.push_str(" FROM ");
            role_list(grantees, out);
            by(granted_by.as_ref(), out);
            out.push_str(if *cascade { " CASCADE" } else { "" });
        }
        Statement::Comment { object: on, text } => {
            out.push_str("COMMENT ON ");
            object(on, out);
            out.push_str(" IS ");
            literal_or_null(text.as_ref(), out);
        }
        Statement::SecurityLabel { provider, object: on, label } => {
            out.push_str("SECURITY LABEL ");
            if let Some(provider) = provider {
                out.push_str("FOR ");
                push_identifier(provider, out);
                out.push(' ');
            }
            out.push_str("ON ");
            object(on, out);
            out.push_str(" IS ");
            literal_or_null(label.as_ref(), out);
        }
        Statement::CreateTablespace { name, owner, location, options } => {
            out.push_str("CREATE TABLESPACE ");
            push_identifier(name, out);
            if let Some(owner) = owner {
                out.push_str(" OWNER ");
                role_spec(owner, out);
            }
            out.push_str(" LOCATION ");
            push_literal(location, out);
            if !options.is_empty() {
                out.push_str(" WITH ");
                storage_options(options, out);
            }
        }
        Statement::AlterTablespace { name, change } => {
            out.push_str("ALTER TABLESPACE ");
            push_identifier(name, out);
            tablespace_change(change, out);
        }
        Statement::DropTablespace { if_exists, name } => {
            let text = if *if_exists { "DROP TABLESPACE IF EXISTS " } else { "DROP TABLESPACE " };
            out.push_str(text);
            push_identifier(name, out);
        }
        Statement::Session(statement) => session(statement, out),
        Statement::VersionGuard { .. }
        | Statement::SetRoleGuard
        | Statement::DatabaseGuard { .. }
        | Statement::RoleGuard { .. }
        // Read only so that it can be passed over; there is nothing to write.
        | Statement::Database => {}
    }
}

fn role_spec(role: &RoleSpec<'_>, out: &mut String) {
    match role {
        RoleSpec::Name(name) => push_identifier(name, out),
        RoleSpec::Public => out.push_str("PUBLIC"),
        RoleSpec::CurrentUser => out.push_str("CURRENT_USER"),
        RoleSpec::SessionUser => out.push_str("SESSION_USER"),
    }
}

fn list<T>(items: &[T], out: &mut String, mut item: impl FnMut(&T, &mut String)) {
    for (at, one) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        item(one, out);
    }
}

fn role_list(roles: &[RoleSpec<'_>], out: &mut String) {
    list(roles, out, role_spec);
}

fn names(items: &[Text<'_>], out: &mut String) {
    list(items, out, |name, out| push_identifier(name, out));
}

fn by(grantor: Option<&RoleSpec<'_>>, out: &mut String) {
    if let Some(grantor) = grantor {
        out.push_str(" GRANTED BY ");
        role_spec(grantor, out);
    }
}

fn role_options(options: &[RoleOption<'_>], out: &mut String) {
    if !options.is_empty() {
        out.push_str(" WITH");
    }
    for option in options {
        out.push(' ');
        match option {
            RoleOption::Attribute(attribute, true) => out.push_str(attribute.keyword()),
            RoleOption::Attribute(attribute, false) => out.push_str(attribute.negative_keyword()),
            RoleOption::ConnectionLimit(limit) => number("CONNECTION LIMIT ", *limit, out),
            RoleOption::Password(None) => out.push_str("PASSWORD NULL"),
            RoleOption::Password(Some(text)) => {
                out.push_str("PASSWORD ");
                push_literal(&text.0, out);
            }
            RoleOption::ValidUntil(text) => {
                out.push_str("VALID UNTIL ");
                push_literal(text, out);
            }
            RoleOption::SysId(id) => number("SYSID ", *id, out),
            RoleOption::InRole(roles) => {
                out.push_str("IN ROLE ");
                role_list(roles, out);
            }
            // `ROLE` is an option of CREATE only; `USER` means the same in both.
            RoleOption::Role(roles) => {
                out.push_str("USER ");
                role_list(roles, out);
            }
            RoleOption::Admin(roles) => {
                out.push_str("ADMIN ");
                role_list(roles, out);
            }
        }
    }
}

fn number(what: &str, value: i32, out: &mut String) {
    out.push_str(what);
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
}

/// The name of a setting: quoted, too, where bare it would begin another form of `SET`.
fn setting_name(name: &str, out: &mut String) {
    const FORMS: [&str; 9] = [
        "catalog",
        "local",
        "names",
        "schema",
        "session",
        "tablespace",
        "time",
        "transaction",
        "xml",
    ];
    if FORMS.contains(&name) {
        out.push('"');
        out.push_str(name);
        out.push('"');
    } else {
        push_identifier(name, out);
    }
}

fn setting_change(change: &SettingChange<'_>, out: &mut String) {
    match change {
        SettingChange::Set { name, value } => {
            out.push_str("SET ");
            setting_name(name, out);
            setting_value(value, out);
        }
        SettingChange::Reset(name) => {
            out.push_str("RESET ");
            setting_name(name, out);
        }
        SettingChange::ResetAll => out.push_str("RESET ALL"),
    }
}

fn setting_value(value: &SettingValue<'_>, out: &mut String) {
    match value {
        SettingValue::Values(values) => {
            out.push_str(" TO ");
            list(values, out, |value, out| push_literal(value, out));
        }
        SettingValue::Empty => out.push_str(" TO NULL"),
        SettingValue::Default => out.push_str(" TO DEFAULT"),
        SettingValue::FromCurrent => out.push_str(" FROM CURRENT"),
    }
}

fn membership_options(options: MembershipOptions, out: &mut String) {
    let named = [("ADMIN", options.admin), ("INHERIT", options.inherit), ("SET", options.set)];
    let mut before = " WITH ";
    for (name, value) in named {
        let Some(value) = value else { continue };
        out.push_str(before);
        before = ", ";
        out.push_str(name);
        // Before 16 only `ADMIN OPTION` can be said.
        out.push_str(match (name, value) {
            ("ADMIN", true) => " OPTION",
            (_, true) => " TRUE",
            (_, false) => " FALSE",
        });
    }
}

fn on(privileges: &Privileges<'_>, out: &mut String) {
    match privileges {
        Privileges::Parameter(privileges, items) => {
            out.push_str(match (privileges.set, privileges.alter_system) {
                (true, false) => "SET",
                (false, true) => "ALTER SYSTEM",
                _ => "ALL",
            });
            out.push_str(" ON PARAMETER ");
            names(items, out);
        }
        Privileges::Tablespace(items) => {
            out.push_str("CREATE ON TABLESPACE ");
            names(items, out);
        }
    }
}

fn object(object: &Object<'_>, out: &mut String) {
    let (kind, name) = match object {
        Object::Role(name) => ("ROLE ", name),
        Object::Tablespace(name) => ("TABLESPACE ", name),
    };
    out.push_str(kind);
    push_identifier(name, out);
}

fn literal_or_null(text: Option<&Text<'_>>, out: &mut String) {
    match text {
        Some(text) => push_literal(text, out),
        None => out.push_str("NULL"),
    }
}

fn storage_options(options: &[(Text<'_>, Text<'_>)], out: &mut String) {
    out.push('(');
    list(options, out, |(name, value), out| {
        push_identifier(name, out);
        out.push('=');
        push_literal(value, out);
    });
    out.push(')');
}

fn tablespace_change(change: &TablespaceChange<'_>, out: &mut String) {
    match change {
        TablespaceChange::Set(options) => {
            out.push_str(" SET ");
            storage_options(options, out);
        }
        TablespaceChange::Reset(options) => {
            out.push_str(" RESET (");
            names(options, out);
            out.push(')');
        }
        TablespaceChange::Owner(role) => {
            out.push_str(" OWNER TO ");
            role_spec(role, out);
        }
        TablespaceChange::Rename(name) => {
            out.push_str(" RENAME TO ");
            push_identifier(name, out);
        }
    }
}

fn session(statement: &Session<'_>, out: &mut String) {
    match statement {
        Session::Set { local, name, value } => {
            out.push_str(if *local { "SET LOCAL " } else { "SET " });
            setting_name(name, out);
            setting_value(value, out);
        }
        Session::Reset(None) => out.push_str("RESET ALL"),
        Session::Reset(Some(name)) => {
            out.push_str("RESET ");
            setting_name(name, out);
        }
        Session::Authorization(Some(role)) => {
            out.push_str("SET SESSION AUTHORIZATION ");
            push_identifier(role, out);
        }
        Session::Authorization(None) => out.push_str("RESET SESSION AUTHORIZATION"),
        Session::Begin => out.push_str("BEGIN"),
        Session::Commit => out.push_str("COMMIT"),
        Session::BinaryUpgrade { function, oid } => {
            out.push_str("SELECT pg_catalog.");
            push_identifier(function, out);
            let _ = write!(out, "('{oid}'::pg_catalog.oid)");
        }
    }
}
