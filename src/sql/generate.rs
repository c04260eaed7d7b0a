//! Generated statements, for properties.

use std::borrow::Cow;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample;

use super::ast::*;
use crate::attribute::Attribute;
use crate::version::Major;

type S = Statement<'static>;

/// Any text that can be a literal: everything but NUL, with what breaks quoting made likely.
pub(crate) fn text() -> BoxedStrategy<Text<'static>> {
    let piece = prop_oneof![
        "[ -~]{0,6}",
        Just("'".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("\n--\n".to_owned()),
        Just("$pg_globals$".to_owned()),
        Just("*/ ; /*".to_owned()),
        Just("é日🦀".to_owned()),
        Just("\r\n\t\u{1}".to_owned()),
    ];
    vec(piece, 0..4).prop_map(|pieces| Cow::Owned(pieces.concat())).boxed()
}

/// Keywords that are names unless the grammar expects them, where it could.
const KEYWORDS: &[&str] = &[
    "admin",
    "alter",
    "by",
    "current",
    "database",
    "encrypted",
    "exists",
    "granted",
    "if",
    "inherit",
    "isolation",
    "label",
    "local",
    "location",
    "mapping",
    "names",
    "option",
    "owner",
    "parameter",
    "password",
    "rename",
    "reset",
    "role",
    "schema",
    "security",
    "session",
    "set",
    "sysid",
    "system",
    "tablespace",
    "transaction",
    "until",
    "valid",
    "xml",
    "zone",
];

/// Any name: not empty.
pub(crate) fn name() -> BoxedStrategy<Text<'static>> {
    let word = prop_oneof![
        4 => "[a-z_][a-z0-9_]{0,8}",
        1 => Just("user".to_owned()),
        1 => Just("Superuser".to_owned()),
        1 => Just("authorization".to_owned()),
        1 => sample::select(KEYWORDS).prop_map(str::to_owned),
    ];
    prop_oneof![3 => word.prop_map(Cow::Owned), 1 => text()]
        .prop_filter("names are not empty", |name| !name.is_empty())
        .boxed()
}

fn role_name() -> BoxedStrategy<Text<'static>> {
    name().prop_filter("reserved", |name| !matches!(name.as_ref(), "public" | "none")).boxed()
}

fn role_spec() -> BoxedStrategy<RoleSpec<'static>> {
    prop_oneof![
        8 => role_name().prop_map(RoleSpec::Name),
        1 => Just(RoleSpec::Public),
        1 => Just(RoleSpec::CurrentUser),
        1 => Just(RoleSpec::SessionUser),
    ]
    .boxed()
}

fn role_specs() -> impl Strategy<Value = Vec<RoleSpec<'static>>> {
    vec(role_spec(), 1..4)
}

fn options(create: bool) -> BoxedStrategy<Vec<RoleOption<'static>>> {
    let attributes = vec(option::of(any::<bool>()), 7).prop_map(|values| {
        let pairs = Attribute::ALL.into_iter().zip(values);
        pairs.filter_map(|(a, v)| v.map(|v| RoleOption::Attribute(a, v))).collect::<Vec<_>>()
    });
    let rest = (
        option::of((-1..i32::MAX).prop_map(RoleOption::ConnectionLimit)),
        option::of(option::of(text()).prop_map(|password| {
            RoleOption::Password(password.filter(|p| !p.is_empty()).map(Hidden))
        })),
        option::of(text().prop_map(RoleOption::ValidUntil)),
        option::of(role_specs().prop_map(RoleOption::Role)),
        option::of((0..i32::MAX).prop_map(RoleOption::SysId)),
        option::of(role_specs().prop_map(RoleOption::InRole)),
        option::of(role_specs().prop_map(RoleOption::Admin)),
    );
    (attributes, rest)
        .prop_map(move |(mut options, (a, b, c, d, e, f, g))| {
            options.extend([a, b, c, d].into_iter().flatten());
            if create {
                options.extend([e, f, g].into_iter().flatten());
            }
            options
        })
        .boxed()
}

fn setting_value() -> BoxedStrategy<SettingValue<'static>> {
    prop_oneof![
        6 => vec(text(), 1..4).prop_map(SettingValue::Values),
        1 => Just(SettingValue::Empty),
        1 => Just(SettingValue::FromCurrent),
    ]
    .boxed()
}

fn setting_name() -> impl Strategy<Value = Text<'static>> {
    name().prop_filter("a form of its own", |name| name != "session_authorization")
}

fn setting_change() -> BoxedStrategy<SettingChange<'static>> {
    prop_oneof![
        4 => (setting_name(), setting_value())
            .prop_map(|(name, value)| SettingChange::Set { name, value }),
        1 => setting_name().prop_map(SettingChange::Reset),
        1 => Just(SettingChange::ResetAll),
    ]
    .boxed()
}

fn alter_setting() -> BoxedStrategy<S> {
    (option::of(role_spec()), option::of(name()), setting_change())
        .prop_map(|(role, database, change)| Statement::AlterSetting { role, database, change })
        .boxed()
}

fn membership_options() -> impl Strategy<Value = MembershipOptions> {
    let value = || option::of(any::<bool>());
    (value(), value(), value()).prop_map(|(admin, inherit, set)| MembershipOptions {
        admin,
        inherit,
        set,
    })
}

fn privileges() -> BoxedStrategy<Privileges<'static>> {
    prop_oneof![
        (0..3, vec(name(), 1..3)).prop_map(|(kind, names)| {
            let privileges = ParameterPrivileges { set: kind != 1, alter_system: kind != 0 };
            Privileges::Parameter(privileges, names)
        }),
        vec(name(), 1..3).prop_map(Privileges::Tablespace),
    ]
    .boxed()
}

fn object() -> impl Strategy<Value = Object<'static>> {
    prop_oneof![name().prop_map(Object::Role), name().prop_map(Object::Tablespace)]
}

fn storage() -> impl Strategy<Value = Vec<(Text<'static>, Text<'static>)>> {
    vec((name(), text()), 1..3)
}

fn create_role() -> BoxedStrategy<S> {
    (role_name(), options(true))
        .prop_map(|(name, options)| Statement::CreateRole { name, options })
        .boxed()
}

fn session() -> BoxedStrategy<S> {
    prop_oneof![
        (any::<bool>(), setting_name(), vec(text(), 1..3)).prop_map(|(local, name, values)| {
            Session::Set { local, name, value: SettingValue::Values(values) }
        }),
        option::of(setting_name()).prop_map(Session::Reset),
        option::of(name()).prop_map(Session::Authorization),
        Just(Session::Begin),
        Just(Session::Commit),
        any::<u32>().prop_map(|oid| Session::BinaryUpgrade {
            function: "binary_upgrade_set_next_pg_authid_oid".into(),
            oid,
        }),
    ]
    .prop_map(Statement::Session)
    .boxed()
}

/// Any statement that can be printed.
pub(crate) fn statement() -> BoxedStrategy<S> {
    let grantor = || option::of(role_spec());
    let membership = prop_oneof![
        (vec(name(), 1..3), role_specs(), membership_options(), grantor()).prop_map(
            |(roles, members, options, granted_by)| Statement::GrantRole {
                roles,
                members,
                options,
                granted_by
            }
        ),
        (0..4, vec(name(), 1..3), role_specs(), grantor(), any::<bool>()).prop_map(
            |(option, roles, members, granted_by, cascade)| {
                let option = match option {
                    0 => Some(MembershipOption::Admin),
                    1 => Some(MembershipOption::Inherit),
                    2 => Some(MembershipOption::Set),
                    _ => None,
                };
                Statement::RevokeRole { option, roles, members, granted_by, cascade }
            }
        ),
        (privileges(), role_specs(), any::<bool>(), grantor()).prop_map(
            |(privileges, grantees, grant_option, granted_by)| Statement::Grant {
                privileges,
                grantees,
                grant_option,
                granted_by
            }
        ),
        (privileges(), role_specs(), any::<bool>(), grantor(), any::<bool>()).prop_map(
            |(privileges, grantees, grant_option_only, granted_by, cascade)| Statement::Revoke {
                privileges,
                grantees,
                grant_option_only,
                granted_by,
                cascade
            }
        ),
    ];
    let tablespace = prop_oneof![
        (name(), option::of(role_spec()), text(), option::of(storage())).prop_map(
            |(name, owner, location, options)| Statement::CreateTablespace {
                name,
                owner,
                location,
                options: options.unwrap_or_default()
            }
        ),
        (name(), storage()).prop_map(|(name, options)| Statement::AlterTablespace {
            name,
            change: TablespaceChange::Set(options)
        }),
        (name(), vec(name(), 1..3)).prop_map(|(name, options)| Statement::AlterTablespace {
            name,
            change: TablespaceChange::Reset(options)
        }),
        (name(), role_spec()).prop_map(|(name, role)| Statement::AlterTablespace {
            name,
            change: TablespaceChange::Owner(role)
        }),
        (name(), name()).prop_map(|(name, to)| Statement::AlterTablespace {
            name,
            change: TablespaceChange::Rename(to)
        }),
        (any::<bool>(), name())
            .prop_map(|(if_exists, name)| Statement::DropTablespace { if_exists, name }),
    ];
    let comment = prop_oneof![
        (object(), option::of(text())).prop_map(|(object, text)| Statement::Comment {
            object,
            text: text.filter(|text| !text.is_empty())
        }),
        (option::of(name()), object(), option::of(text())).prop_map(|(provider, object, label)| {
            Statement::SecurityLabel { provider, object, label }
        }),
    ];
    let guards = prop_oneof![
        (10_u32..30, any::<bool>()).prop_map(|(major, one_server)| {
            Statement::VersionGuard { major: Major::new(major), one_server }
        }),
        Just(Statement::SetRoleGuard),
        (name(), any::<bool>(), vec(alter_setting(), 1..3)).prop_map(
            |(database, owned, statements)| Statement::DatabaseGuard {
                database,
                owned,
                statements
            }
        ),
        (name(), option::of(name()), create_role()).prop_map(|(role, admin, create)| {
            Statement::RoleGuard { role, admin, create: Box::new(create) }
        }),
    ];
    prop_oneof![
        create_role(),
        (role_spec(), options(false))
            .prop_map(|(role, options)| Statement::AlterRole { role, options }),
        alter_setting(),
        (role_name(), role_name()).prop_map(|(from, to)| Statement::RenameRole { from, to }),
        (any::<bool>(), role_specs())
            .prop_map(|(if_exists, roles)| Statement::DropRole { if_exists, roles }),
        membership.boxed(),
        comment.boxed(),
        tablespace.boxed(),
        session(),
        guards.boxed(),
    ]
    .boxed()
}
