//! A model as statements for a server that has none of it, in the order in which they replay.
//!
//! They go in phases and not role by role: a server since 16 walks the memberships of an administrator
//! without superuser for each statement about a role, so that roles, with their passwords, come before
//! memberships.

mod delta;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use delta::Delta;
use foldhash::{HashMap, HashSet};

use super::fact::{Fact, Origin};
use super::model::{
    Globals, Grantee, Map, Membership, MembershipKey, Password, Role, SettingKey, Tablespace,
};
use super::setting::Value;
use crate::attribute::Attribute;
use crate::name::Name;
use crate::secret::VerifierKind;
use crate::sql::{
    Hidden, MembershipOptions, Object, ParameterPrivileges, Privileges, RoleOption, RoleSpec,
    Session, SettingChange, SettingValue, Statement, TablespaceChange,
};
use crate::version::Major;

/// What the statements are for.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// The major version of the server that they are for.
    pub major: Major,
    /// Roles that exist are no error.
    pub if_not_exists: bool,
    /// The role whose members administer the server: those that exist are never touched, unless the
    /// memberships here make them such.
    pub admin: Option<&'a str>,
    /// Roles that are given their password when they are created, and never again.
    pub once: Option<&'a BTreeSet<Name>>,
}

/// The parts of a script, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Phase {
    /// `REVOKE` of what is not desired.
    Revokes,
    /// `CREATE ROLE`, with the password.
    Roles,
    /// Passwords of roles that exist.
    Passwords,
    /// Settings of roles.
    Settings,
    /// Settings that wait for their database.
    DatabaseSettings,
    /// Comments on roles.
    Comments,
    /// Security labels on roles.
    SecurityLabels,
    /// Memberships.
    Memberships,
    /// Roles that sessions begin as: without the membership the server gives a notice.
    SessionRoles,
    /// Privileges on configuration parameters.
    Parameters,
    /// Tablespaces that exist.
    TablespaceChanges,
    /// `DROP ROLE`.
    Drops,
    /// Tablespaces, which cannot be created in a transaction.
    Tablespaces,
}

/// The statements, with their phase.
pub fn statements<'a>(
    globals: &'a Globals,
    shape: Shape<'a>,
) -> impl Iterator<Item = (Phase, Statement<'a>)> {
    let tag = |phase| move |statement| (phase, statement);
    let untag = |(_, statement)| statement;
    let administrators = match shape.admin {
        Some(admin) if shape.if_not_exists => globals.members_below(&Name::new(admin)),
        _ => HashSet::default(),
    };
    let is_once = move |name: &Name, role: &Role| {
        is_md5(role) || shape.once.is_some_and(|once| once.contains(name))
    };
    let roles = globals.roles.iter().map(move |(name, role)| {
        let create = create_role(name, role, !shape.if_not_exists || is_once(name, role));
        if !shape.if_not_exists {
            return create;
        }
        let admin = shape.admin.filter(|_| !administrators.contains(name)).map(Cow::Borrowed);
        Statement::RoleGuard { role: text_of(name), admin, create: Box::new(create) }
    });
    let settings = globals
        .settings
        .iter()
        .filter(|(key, _)| key.database.is_none() && !is_session_role(key))
        .map(|(key, setting)| alter_setting(key, setting));
    let session_roles = globals
        .settings
        .iter()
        .filter(|(key, _)| key.database.is_none() && is_session_role(key))
        .map(|(key, setting)| alter_setting(key, setting))
        .chain(database_settings(globals, is_session_role));
    let comments = comments(&globals.roles).map(untag);
    let labels = labels(&globals.roles).map(untag);
    // A guard creates no role that exists; its password is set all the same, but for an md5 verifier: it
    // could take the place of a SCRAM one that it was replaced by there.
    let again = move |name: &Name, role: &Role| shape.if_not_exists && !is_once(name, role);
    let passwords = passwords(&globals.roles, again).map(untag);
    roles
        .map(tag(Phase::Roles))
        .chain(passwords.map(tag(Phase::Passwords)))
        .chain(settings.map(tag(Phase::Settings)))
        .chain(
            database_settings(globals, |key| !is_session_role(key))
                .map(tag(Phase::DatabaseSettings)),
        )
        .chain(comments.map(tag(Phase::Comments)))
        .chain(labels.map(tag(Phase::SecurityLabels)))
        .chain(
            memberships(&globals.memberships, Grants::New).map(untag).map(tag(Phase::Memberships)),
        )
        .chain(session_roles.map(tag(Phase::SessionRoles)))
        .chain(parameters(globals).map(untag).map(tag(Phase::Parameters)))
        .chain(globals.tablespaces.iter().flat_map(tablespace).map(tag(Phase::Tablespaces)))
}

/// A statement, and the statement of the input that what it says comes from.
type From<'a> = (Origin, Statement<'a>);

fn comments(roles: &Map<Name, Role>) -> impl Iterator<Item = From<'_>> {
    roles.iter().filter_map(|(name, role)| {
        let comment = role.comment.as_ref()?;
        let object = Object::Role(text_of(name));
        Some((comment.origin, Statement::Comment { object, text: Some(text(&comment.value)) }))
    })
}

fn labels(roles: &Map<Name, Role>) -> impl Iterator<Item = From<'_>> {
    roles.iter().flat_map(|(name, role)| {
        role.labels.iter().map(move |(provider, label)| {
            (label.origin, security_label(provider, Object::Role(text_of(name)), label))
        })
    })
}

fn passwords(
    roles: &Map<Name, Role>,
    which: impl Fn(&Name, &Role) -> bool,
) -> impl Iterator<Item = From<'_>> {
    roles.iter().filter(move |(name, role)| which(name, role)).filter_map(|(name, role)| {
        let (origin, password) = password(role)?;
        let alter = Statement::AlterRole { role: spec(name), options: vec![password] };
        Some((origin, alter))
    })
}

fn is_md5(role: &Role) -> bool {
    matches!(&role.password, Password::Is(secret) if secret.value.kind() == VerifierKind::Md5)
}

fn password(role: &Role) -> Option<(Origin, RoleOption<'_>)> {
    let Password::Is(secret) = &role.password else { return None };
    let option = RoleOption::Password(Some(Hidden(Cow::Borrowed(secret.value.expose()))));
    Some((secret.origin, option))
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn text_of(name: &Name) -> Cow<'_, str> {
    Cow::Borrowed(name.as_str())
}

fn spec(name: &Name) -> RoleSpec<'_> {
    RoleSpec::Name(text_of(name))
}

/// A role with all that is not a default of a new role: in `CREATE` only the value of an attribute
/// counts, while `ALTER` would be refused for the mere mention of some.
fn create_role<'a>(name: &'a Name, role: &'a Role, with_password: bool) -> Statement<'a> {
    let mut options: Vec<_> = Attribute::ALL
        .into_iter()
        .filter(|&attribute| role.has(attribute) != attribute.default())
        .map(|attribute| RoleOption::Attribute(attribute, !attribute.default()))
        .collect();
    if let Some(limit) = role.connection_limit.filter(|limit| limit.value != -1) {
        options.push(RoleOption::ConnectionLimit(limit.value));
    }
    if let Some(until) = &role.valid_until {
        options.push(RoleOption::ValidUntil(text(until.value.as_str())));
    }
    if with_password {
        options.extend(password(role).map(|(_, option)| option));
    }
    Statement::CreateRole { name: text_of(name), options }
}

/// The statement that gives a role or a database this setting.
pub fn alter_setting<'a>(key: &'a SettingKey, setting: &'a Fact<Value>) -> Statement<'a> {
    let values: Vec<_> = setting.value.parts().map(text).collect();
    let name = text(key.name.as_str());
    let change = if values.is_empty() {
        // No statement writes it before 19; it is what there is without a setting.
        SettingChange::Reset(name)
    } else {
        SettingChange::Set { name, value: SettingValue::Values(values) }
    };
    Statement::AlterSetting {
        role: key.role.as_ref().map(spec),
        database: key.database.as_ref().map(text_of),
        change,
    }
}

/// Whether it is the role that sessions begin as.
fn is_session_role(key: &SettingKey) -> bool {
    key.name.is("role")
}

/// A guard for each database, and another for what only its owner may set.
fn database_settings(
    globals: &Globals,
    which: impl Fn(&SettingKey) -> bool,
) -> impl Iterator<Item = Statement<'_>> {
    let mut databases: BTreeMap<(&Name, bool), Vec<Statement<'_>>> = BTreeMap::new();
    for (key, setting) in globals.settings.iter().filter(|(key, _)| which(key)) {
        if let Some(database) = &key.database {
            let guard = (database, key.role.is_none());
            databases.entry(guard).or_default().push(alter_setting(key, setting));
        }
    }
    databases.into_iter().map(|((database, owned), statements)| Statement::DatabaseGuard {
        database: text_of(database),
        owned,
        statements,
    })
}

fn security_label<'a>(
    provider: &'a Name,
    object: Object<'a>,
    label: &'a Fact<Box<str>>,
) -> Statement<'a> {
    let provider = Some(text_of(provider)).filter(|provider| !provider.is_empty());
    Statement::SecurityLabel { provider, object, label: Some(text(&label.value)) }
}

/// What is granted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grants {
    /// What is not there: it has SET without a word.
    New,
    /// What may be there, and keeps what is not said.
    Existing,
}

/// What memberships have to share to be granted together.
type Group<'a> = (Option<&'a Name>, bool, Option<bool>, Option<bool>);

/// One grant for each role, options and grantor: one statement with a thousand members takes a
/// server since 16 a hundredth of the time of a thousand statements.
fn memberships(
    all: &Map<MembershipKey, Membership>,
    grants: Grants,
) -> impl Iterator<Item = From<'_>> {
    let mut all = all.iter().peekable();
    std::iter::from_fn(move || {
        let role = &all.peek()?.0.role;
        let mut of_role = Vec::new();
        while let Some(one) = all.next_if(|(key, _)| key.role == *role) {
            of_role.push(one);
        }
        Some(grants_of(role, of_role, grants))
    })
    .flatten()
}

/// The grants of one role, such that each grantor has the ADMIN option before it is named.
fn grants_of<'a>(
    role: &'a Name,
    all: Vec<(&'a MembershipKey, &'a Membership)>,
    grants: Grants,
) -> Vec<From<'a>> {
    let grantor = |(key, _): &(&'a MembershipKey, _)| key.grantor.as_ref();
    let may_grant_on = |(key, membership): &(&'a MembershipKey, &Membership)| {
        membership.is_admin().then_some(&key.member)
    };
    let mut statements = Vec::new();
    for wave in waves(all, grantor, may_grant_on) {
        let mut groups: BTreeMap<Group<'a>, (Origin, Vec<RoleSpec<'a>>)> = BTreeMap::new();
        for (key, membership) in wave {
            let option = |fact: Option<Fact<bool>>| fact.map(|fact| fact.value);
            let group = (
                key.grantor.as_ref(),
                membership.is_admin(),
                option(membership.inherit),
                option(membership.set).filter(|set| !set || grants == Grants::Existing),
            );
            let origin = membership.granted.origin;
            groups.entry(group).or_insert((origin, Vec::new())).1.push(spec(&key.member));
        }
        statements.extend(groups.into_iter().map(|(group, (origin, members))| {
            let (grantor, admin, inherit, set) = group;
            let options = MembershipOptions { admin: admin.then_some(true), inherit, set };
            let granted_by = grantor.map(spec);
            let roles = vec![text_of(role)];
            (origin, Statement::GrantRole { roles, members, options, granted_by })
        }));
    }
    statements
}

fn grantee(grantee: &Grantee) -> RoleSpec<'_> {
    match grantee {
        Grantee::Public => RoleSpec::Public,
        Grantee::Role(name) => spec(name),
    }
}

/// Grants on an object by another than its owner, which are done in that role's name.
fn in_the_name_of<'a>(grantor: Option<&'a Name>, grants: Vec<Statement<'a>>) -> Vec<Statement<'a>> {
    let Some(grantor) = grantor else { return grants };
    let become_grantor = Session::Authorization(Some(text_of(grantor)));
    let all = [Statement::Session(become_grantor)].into_iter().chain(grants);
    all.chain([Statement::Session(Session::Authorization(None))]).collect()
}

/// Grants of one thing in waves: each grantor may grant it on by an earlier one. Who gets no such
/// grant here can do so already.
fn waves<'a, T>(
    all: Vec<T>,
    grantor: impl Fn(&T) -> Option<&'a Name>,
    may_grant_on: impl Fn(&T) -> Option<&'a Name>,
) -> Vec<Vec<T>> {
    let given: HashSet<_> = all.iter().filter_map(&may_grant_on).collect();
    let mut ready = Vec::new();
    let mut waiting: HashMap<&Name, Vec<usize>> = HashMap::default();
    for (at, grant) in all.iter().enumerate() {
        match grantor(grant).filter(|grantor| given.contains(grantor)) {
            Some(grantor) => waiting.entry(grantor).or_default().push(at),
            None => ready.push(at),
        }
    }
    let mut all: Vec<_> = all.into_iter().map(Some).collect();
    let mut waves = Vec::new();
    while !ready.is_empty() {
        let wave: Vec<_> = ready.iter().filter_map(|&at| all[at].take()).collect();
        let able = wave.iter().filter_map(&may_grant_on);
        ready = able.filter_map(|name| waiting.remove(name)).flatten().collect();
        ready.sort_unstable();
        waves.push(wave);
    }
    // Nobody can have granted these: the server will tell.
    let others: Vec<_> = all.into_iter().flatten().collect();
    if !others.is_empty() {
        waves.push(others);
    }
    waves
}

fn parameters(globals: &Globals) -> impl Iterator<Item = From<'_>> {
    let all: Vec<_> = globals.parameters.iter().collect();
    let of_one = all.chunk_by(|(a, _), (b, _)| a.parameter == b.parameter).map(<[_]>::to_vec);
    let ordered: Vec<_> = of_one
        .flat_map(|grants| {
            waves(
                grants,
                |(key, _)| key.grantor.as_ref(),
                |(key, it)| {
                    let option = [it.set, it.alter_system].into_iter().flatten();
                    key.grantee.role().filter(|_| option.into_iter().any(|fact| fact.value))
                },
            )
        })
        .flatten()
        .collect();
    ordered.into_iter().flat_map(|(key, parameter)| {
        let grant = |set: bool, alter_system: bool, grant_option: bool| Statement::Grant {
            privileges: Privileges::Parameter(
                ParameterPrivileges { set, alter_system },
                vec![text(key.parameter.as_str())],
            ),
            grantees: vec![grantee(&key.grantee)],
            grant_option,
            granted_by: None,
        };
        let grants = match (parameter.set, parameter.alter_system) {
            (Some(set), Some(system)) if set.value == system.value => {
                vec![grant(true, true, set.value)]
            }
            (set, system) => {
                let set = set.map(|fact| grant(true, false, fact.value));
                let system = system.map(|fact| grant(false, true, fact.value));
                set.into_iter().chain(system).collect()
            }
        };
        let origin = parameter.origins().next().unwrap_or_default();
        in_the_name_of(key.grantor.as_ref(), grants).into_iter().map(move |it| (origin, it))
    })
}

fn tablespace<'a>((name, tablespace): (&'a Name, &'a Tablespace)) -> Vec<Statement<'a>> {
    let mut statements = vec![Statement::CreateTablespace {
        name: text_of(name),
        owner: tablespace.owner.as_ref().map(|owner| spec(&owner.value)),
        // Where the server keeps one that has no place of its own is for it to say.
        location: text(tablespace.place()),
        options: Vec::new(),
    }];
    statements.extend(tablespace_details(name, tablespace));
    statements
}

/// What a tablespace has beside its owner and place.
fn tablespace_details<'a>(name: &'a Name, tablespace: &'a Tablespace) -> Vec<Statement<'a>> {
    let mut statements = Vec::new();
    if !tablespace.options.is_empty() {
        let options = tablespace.options.iter();
        let options = options.map(|(option, value)| (text_of(option), text(&value.value)));
        let change = TablespaceChange::Set(options.collect());
        statements.push(Statement::AlterTablespace { name: text_of(name), change });
    }
    let grants = waves(
        tablespace.grants.iter().collect(),
        |((_, by), _)| by.as_ref(),
        |((to, _), option)| to.role().filter(|_| option.value),
    );
    for ((to, by), grant_option) in grants.into_iter().flatten() {
        let grant = Statement::Grant {
            privileges: Privileges::Tablespace(vec![text_of(name)]),
            grantees: vec![grantee(to)],
            grant_option: grant_option.value,
            granted_by: None,
        };
        statements.extend(in_the_name_of(by.as_ref(), vec![grant]));
    }
    if let Some(comment) = &tablespace.comment {
        let object = Object::Tablespace(text_of(name));
        statements.push(Statement::Comment { object, text: Some(text(&comment.value)) });
    }
    for (provider, label) in &tablespace.labels {
        statements.push(security_label(provider, Object::Tablespace(text_of(name)), label));
    }
    statements
}
