//! Generated globals, for properties.

use std::collections::BTreeMap;

use pg_globals::attribute::Attribute;
use pg_globals::globals::{
    Fact, Globals, Grantee, Membership, MembershipKey, Origin, Parameter, ParameterKey, Password,
    Role, SettingKey, SettingName, Tablespace, Timestamp, Value,
};
use pg_globals::name::{MAX_BYTES, Name};
use pg_globals::secret::Secret;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Text that quoting can stumble over.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[ -~]{0,6}".boxed(),
        1 => select(vec![
            "'", "\"", "\\", "\n--\n", "$pg_globals$", "*/ ; /*", "é日🦀", "\r\n\t\u{1}", "\\connect x",
            "\n\\! x\n", "COMMIT;", "$$", ", ", "\u{feff}",
        ])
        .prop_map(str::to_owned)
        .boxed(),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// Any identifier.
pub fn name() -> impl Strategy<Value = Name> {
    let known = select(vec![
        "user",
        "Superuser",
        "authorization",
        "PUBLIC",
        "None",
        "rds_master",
        "postgres",
        "rdsadmin",
        "rds_superuser",
        "rds_iam",
        "azure_pg_admin",
        "azuresu",
        "replication",
        "cloudsqladmin",
    ]);
    prop_oneof![
        3 => "[a-z_][a-z0-9_]{0,8}".boxed(),
        1 => known.prop_map(str::to_owned).boxed(),
        2 => text().boxed(),
    ]
    .prop_filter("no name", |name| !name.is_empty() && name.len() <= MAX_BYTES)
    .prop_map(Name::new)
}

/// The name of a role that a server lets exist.
fn role_name() -> impl Strategy<Value = Name> {
    name().prop_filter("reserved", |name| {
        !matches!(name.as_str(), "public" | "none") && !name.as_str().starts_with("pg_")
    })
}

pub fn fact<T>(value: T) -> Fact<T> {
    Fact::new(value, Origin::LIVE)
}

fn comment() -> impl Strategy<Value = Option<Fact<Box<str>>>> {
    option::weighted(0.3, text().prop_filter("none", |text| !text.is_empty()))
        .prop_map(|text| text.map(|text| fact(text.into())))
}

fn labels() -> impl Strategy<Value = BTreeMap<Name, Fact<Box<str>>>> {
    let provider = prop_oneof![Just(Name::new("")), name()];
    let label = text().prop_filter("none", |text| !text.is_empty());
    btree_map(provider, label.prop_map(|text| fact(text.into())), 0..2)
}

/// Any password: a verifier, what looks like one, or plaintext.
pub fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[A-Za-z0-9+/]{22}==\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}="
            .prop_map(|rest| format!("SCRAM-SHA-256$4096:{rest}")),
        2 => "md5[0-9a-f]{32}",
        1 => "md5[0-9a-f]{31}",
        1 => "md5[0-9A-F]{32}",
        1 => "SCRAM-SHA-256\\$4096:[A-Za-z0-9+/]{40}",
        2 => "[A-Za-z][A-Za-z0-9]{7}('[A-Za-z0-9]{8}|\"[A-Za-z0-9]{8}|\\\\[A-Za-z0-9]{8}|)",
    ]
}

fn timestamp() -> impl Strategy<Value = Fact<Timestamp>> {
    let text = select(vec![
        "infinity",
        "-infinity",
        "2030-01-01 00:00:00+00",
        "2001-02-03 04:05:06.789012+05:30",
        "0044-03-15 12:00:00+00 BC",
    ]);
    text.prop_map(|text| fact(Timestamp::parse(text).unwrap()))
}

/// A role as a script carries it: what it does not state is what a new role has.
fn role() -> impl Strategy<Value = (Role, Option<String>)> {
    let attributes = vec(prop::bool::weighted(0.3), Attribute::ALL.len());
    let limit = option::weighted(0.3, 0..=i32::MAX);
    let until = option::weighted(0.3, timestamp());
    let password = option::weighted(0.6, secret());
    (attributes, limit, until, password, comment(), labels()).prop_map(
        |(attributes, limit, valid_until, password, comment, labels)| {
            let mut role = Role::default();
            role.created = Some(fact(()));
            for (attribute, other) in Attribute::ALL.into_iter().zip(attributes) {
                if other {
                    role.set(attribute, Some(fact(!attribute.default())));
                }
            }
            role.connection_limit = limit.map(fact);
            role.valid_until = valid_until;
            role.comment = comment;
            role.labels = labels;
            (role, password)
        },
    )
}

/// A setting's name and value.
fn setting() -> impl Strategy<Value = (SettingName, Value)> {
    let plain = prop_oneof![
        3 => select(vec![
            "work_mem", "statement_timeout", "DateStyle", "TimeZone", "role", "application_name",
            "default_transaction_read_only", "default_tablespace", "log_statement", "myapp.tenant",
            "transaction_timeout", "rds.force_ssl", "synchronous_commit", "client_encoding",
        ])
        .prop_map(str::to_owned),
        1 => "[a-z]{1,6}(\\.[A-Za-z]{1,6})?".prop_map(|name| name),
    ];
    let lists =
        select(vec!["search_path", "Search_Path", "temp_tablespaces", "local_preload_libraries"]);
    prop_oneof![
        2 => (plain, text()).prop_map(|(name, value)| {
            (SettingName::new(name), Value::Text(value.into()))
        }),
        1 => (lists, vec(text(), 1..4)).prop_map(|(name, values)| {
            let name = SettingName::new(name);
            let value = Value::of(&name, &values);
            (name, value)
        }),
    ]
    .prop_filter("a word of its own", |(name, _)| !name.is("session_authorization"))
}

/// What refers to roles refers to them by number.
type Index = prop::sample::Index;

/// Role, member, grantor, and the options ADMIN, INHERIT and SET.
type Grant = (Index, Index, Option<Index>, [Option<bool>; 3]);

fn memberships() -> impl Strategy<Value = Vec<Grant>> {
    let no = || option::weighted(0.3, Just(false));
    let options = (option::weighted(0.3, Just(true)), option::of(any::<bool>()), no());
    let options = options.prop_map(|(admin, inherit, set)| [admin, inherit, set]);
    let grantor = option::weighted(0.4, any::<Index>());
    vec((any::<Index>(), any::<Index>(), grantor, options), 0..8)
}

/// What a script carries: nothing is hidden, and what is a default is not stated. Memberships have
/// no circles; a grantor may be any other role, also one that cannot have grantable it.
pub fn globals() -> impl Strategy<Value = Globals> {
    let roles = btree_map(role_name(), role(), 1..7);
    let predefined = btree_set(
        select(vec![
            "pg_monitor",
            "pg_read_all_data",
            "pg_write_server_files",
            "pg_maintain",
            "pg_x",
        ]),
        0..2,
    );
    let settings =
        vec((option::of(any::<Index>()), option::weighted(0.3, name()), setting()), 0..5);
    let parameters = vec(
        (
            select(vec!["log_statement", "work_mem", "MyApp.x"]),
            option::of(any::<Index>()),
            option::weighted(0.3, any::<Index>()),
            (option::of(any::<bool>()), option::of(any::<bool>())),
        ),
        0..3,
    );
    let grants = vec(
        (option::of(any::<Index>()), option::weighted(0.3, any::<Index>()), any::<bool>()),
        0..3,
    );
    let options = btree_map(name(), text().prop_map(|text| fact(text.into())), 0..3);
    let tablespace = (option::of(any::<Index>()), text(), options, grants, comment(), labels());
    let tablespaces = btree_map(name(), tablespace, 0..3);
    (roles, predefined, memberships(), settings, parameters, tablespaces).prop_map(
        |(roles, predefined, memberships, settings, parameters, tablespaces)| {
            let names: Vec<Name> = roles.keys().cloned().collect();
            let role_at = |index: Index| names[index.index(names.len())].clone();
            let grantee = |index: Option<Index>| match index {
                Some(index) => Grantee::Role(role_at(index)),
                None => Grantee::Public,
            };
            let mut globals = Globals::default();
            // A dump says that a role has none by PASSWORD NULL only, which no script of ours has.
            for (name, (mut role, password)) in roles {
                role.password = match password {
                    Some(password) => Password::Is(fact(Secret::new(&password))),
                    None => Password::Unknown,
                };
                globals.roles.insert(name, role);
            }
            let all = names.iter().cloned().chain(predefined.into_iter().map(Name::new));
            let grantable: Vec<_> = all.collect();
            for (role, member, grantor, [admin, inherit, set]) in memberships {
                let (role, member) = (role.index(grantable.len()), member.index(names.len()));
                // Who is grantable comes later: no circle.
                if role <= member {
                    continue;
                }
                let key = MembershipKey {
                    role: grantable[role].clone(),
                    member: names[member].clone(),
                    grantor: grantor.map(role_at),
                };
                let [admin, inherit, set] = [admin, inherit, set].map(|option| option.map(fact));
                let membership = Membership { granted: fact(()), admin, inherit, set };
                globals.memberships.insert(key, membership);
            }
            for (role, database, (name, value)) in settings {
                let key = SettingKey { database, role: role.map(role_at), name };
                globals.settings.insert(key, fact(value));
            }
            for (parameter, to, grantor, (set, alter_system)) in parameters {
                if set.is_none() && alter_system.is_none() {
                    continue;
                }
                let parameter = SettingName::new(parameter);
                let key =
                    ParameterKey { parameter, grantee: grantee(to), grantor: grantor.map(role_at) };
                let parameter =
                    Parameter { set: set.map(fact), alter_system: alter_system.map(fact) };
                globals.parameters.insert(key, parameter);
            }
            // A server lets those grant who have the grant option, and superusers as the owner.
            let all = globals.parameters.clone();
            globals.parameters.retain(|key, _| {
                let count = all.keys().filter(|it| it.parameter == key.parameter).count();
                key.grantor.as_ref().is_none_or(|grantor| {
                    count == 1
                        && key.grantee.role() != Some(grantor)
                        && !globals.roles[grantor].has(Attribute::Superuser)
                })
            });
            for (name, (owner, location, options, grants, comment, labels)) in tablespaces {
                let owner = owner.map(role_at);
                let grants = grants.into_iter().map(|(to, by, option)| {
                    // Nobody is named where the owner grants.
                    let grantor = by.map(role_at).filter(|grantor| Some(grantor) != owner.as_ref());
                    ((grantee(to), grantor), fact(option))
                });
                let tablespace = Tablespace {
                    created: fact(()),
                    owner: owner.clone().map(fact),
                    location: location.into(),
                    options,
                    grants: grants.collect(),
                    comment,
                    labels,
                };
                globals.tablespaces.insert(name, tablespace);
            }
            globals.sort();
            globals
        },
    )
}
