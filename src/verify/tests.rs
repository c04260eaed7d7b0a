//! The comparison, on what could have been read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::name::Name;
use crate::subject::Grantee;
use crate::version::Major;

fn name(text: &str) -> Name {
    Name::new(text)
}

fn role(text: &str) -> Grantee {
    if text == "PUBLIC" { Grantee::Public } else { Grantee::Role(name(text)) }
}

/// Privileges as `role=SELECT,INSERT*;role=…`.
fn acl(text: &str) -> Arc<Acl> {
    let mut acl = Acl::default();
    for item in text.split(';').filter(|item| !item.is_empty()) {
        let (who, what) = item.split_once('=').unwrap();
        let what: Vec<_> = what.split(',').map(|word| format!("0={word}")).collect();
        let read = Acl::read(&what.join(","), |_| unreachable!()).unwrap();
        acl.add(role(who), read.of(&Grantee::Public));
    }
    Arc::new(acl)
}

fn held(owner: &str, text: &str) -> Held {
    Held { owner: name(owner), acl: acl(text), unstated: None, flags: Flags::default() }
}

fn table(of: &str) -> Object {
    Object::local(Class::Table, name("s"), name(of))
}

fn names() -> Names {
    Names::testing(
        &[("app", "app"), ("owner", "owner"), ("old", "new")],
        &["app", "owner", "new", "azadmin", "azuresu"],
    )
}

fn contents(objects: &[(Object, Held)]) -> Contents {
    Contents { objects: objects.iter().cloned().collect(), ..Contents::default() }
}

fn compared(source: &Contents, target: &Contents, majors: [u32; 2]) -> Comparison {
    let names = names();
    let owners = [&name("owner"), &name("owner")];
    compare(source, target, Comparing { names: &names, majors: majors.map(Major::new), owners })
}

/// The differences, a line each.
fn lines(comparison: &Comparison) -> Vec<String> {
    let line = |it: &Difference| {
        let what = match &it.change {
            Change::Lost { grantee, privileges, cause } => {
                let cause: Vec<_> = cause.iter().map(|it| format!(" with {it}")).collect();
                format!("{grantee} lost {}{}", privileges.words().join(", "), cause.concat())
            }
            Change::Gained { grantee, privileges } => {
                format!("{grantee} gained {}", privileges.words().join(", "))
            }
            other => format!("{other:?}"),
        };
        format!("{}: {what}", it.object.with_class())
    };
    comparison.differences.iter().map(line).collect()
}

#[test]
fn the_same_is_the_same() {
    let one = contents(&[(table("t"), held("owner", "owner=SELECT,INSERT;app=SELECT"))]);
    let out = compared(&one, &one, [15, 16]);
    assert_eq!(out, Comparison { compared: 1, ..Comparison::default() });
}

/// A view that falls to the administrator looks with the administrator's rights.
#[test]
fn a_view_of_a_role_that_is_left_out() {
    let of = |owner: &str, flags: Flags| Held { flags, ..held(owner, "app=SELECT") };
    let view = Flags { view: true, ..Flags::default() };
    let careful = Flags { invoker: true, ..view };
    let side = |owner: &str| {
        contents(&[
            (table("t"), of(owner, Flags::default())),
            (table("careful"), of(owner, careful)),
            (table("v"), of(owner, view)),
        ])
    };
    let out = compared(&side("gone"), &side("azadmin"), [15, 16]);
    assert_eq!(
        lines(&out),
        ["table s.v: Owner { to: \"gone\", definer: true, carried: false, room: None }"]
    );
    assert_eq!(out.left[&name("gone")].owned, 2);
}

/// Schema public is the database owner's, unless the database is the platform's; and of the database that
/// every server has, nobody restores the privileges.
#[test]
fn what_the_platform_owns() {
    let public = Object::global(Class::Schema, name("public"));
    let source = contents(&[(public.clone(), held("pg_database_owner", ""))]);
    let target = contents(&[(public, held("azuresu", ""))]);
    let of = |owner: &Name| {
        let names = names();
        let owners = [&name("owner"), owner];
        let majors = [15, 16].map(Major::new);
        lines(&compare(&source, &target, Comparing { names: &names, majors, owners }))
    };
    assert_eq!(of(&name("azuresu")), Vec::<String>::new());
    assert_eq!(
        of(&name("owner")),
        ["schema public: Owner { to: \"owner\", definer: false, carried: true, room: None }"]
    );
    let database = |of: &str, text: &str| {
        contents(&[(Object::global(Class::Database, name(of)), held("owner", text))])
    };
    for (of, cause) in [("postgres", ""), ("shop", " with rdsadmin")] {
        let source = database(of, "PUBLIC=CONNECT,TEMPORARY;app=CREATE;rdsadmin=CREATE");
        let target = database(of, "PUBLIC=CONNECT,TEMPORARY");
        assert_eq!(
            lines(&compared(&source, &target, [15, 16])),
            [format!("database {of}: app lost CREATE{cause}")]
        );
    }
}

#[test]
fn one_missing_grantee_takes_all() {
    let source = contents(&[
        (table("t1"), held("owner", "owner=SELECT;app=SELECT;rds_superuser=SELECT")),
        (table("t2"), held("owner", "owner=SELECT;app=SELECT,INSERT*")),
        (table("t3"), held("owner", "owner=SELECT;rds_superuser=SELECT")),
    ]);
    let target = contents(&[
        (table("t1"), held("owner", "owner=SELECT")),
        (table("t2"), held("owner", "owner=SELECT;app=INSERT;azuresu=SELECT;azadmin=DELETE")),
        (table("t3"), held("owner", "owner=SELECT")),
    ]);
    let out = compared(&source, &target, [15, 16]);
    assert_eq!(
        lines(&out),
        [
            "table s.t1: app lost SELECT with rds_superuser",
            "table s.t2: app lost SELECT, the grant option for INSERT",
            "table s.t2: azadmin gained DELETE",
        ]
    );
    let left = LeftBehind { granted: 2, ..LeftBehind::default() };
    assert_eq!(out.left.into_iter().collect::<Vec<_>>(), [(name("rds_superuser"), left)]);
}

#[test]
fn names_are_the_targets() {
    let source = contents(&[(table("t"), held("old", "old=SELECT,MAINTAIN;app=SELECT"))]);
    let target = contents(&[(table("t"), held("new", "new=SELECT;app=SELECT"))]);
    assert_eq!(lines(&compared(&source, &target, [17, 16])), Vec::<String>::new());
    assert_eq!(lines(&compared(&source, &target, [17, 17])), ["table s.t: new lost MAINTAIN"]);
}

#[test]
fn owners() {
    let definer = Flags { definer: true, ..Flags::default() };
    let function = |of: &str| Object::local(Class::Function, name("s"), name(of));
    let by = |owner: &str| Held { flags: definer, ..held(owner, "") };
    let source = contents(&[
        (table("t1"), held("owner", "owner=SELECT")),
        (table("t2"), held("rds_superuser", "rds_superuser=SELECT")),
        (function("f1"), by("rds_superuser")),
        (function("f2"), by("owner")),
    ]);
    let target = contents(&[
        (table("t1"), held("azadmin", "azadmin=SELECT")),
        (table("t2"), held("azadmin", "azadmin=SELECT")),
        (function("f1"), by("azadmin")),
        (function("f2"), by("owner")),
    ]);
    let out = compared(&source, &target, [15, 16]);
    assert_eq!(
        lines(&out),
        [
            "table s.t1: Owner { to: \"owner\", definer: false, carried: true, room: None }",
            "function s.f1: Owner { to: \"rds_superuser\", definer: true, carried: false, room: None }",
        ]
    );
    assert_eq!(out.left[&name("rds_superuser")].owned, 1);
}

#[test]
fn what_is_on_one_side_only_is_said_once() {
    let source = contents(&[(table("t1"), held("owner", "app=SELECT"))]);
    let target = contents(&[(table("t2"), held("owner", "app=SELECT"))]);
    let out = compared(&source, &target, [15, 16]);
    assert_eq!((out.missing, out.beyond), (vec![table("t1")], vec![table("t2")]));
    assert!(out.differences.is_empty());
}

#[test]
fn columns_and_default_privileges_may_be_stated_on_one_side_only() {
    let column = Object { class: Class::Column, part: Some(name("c")), ..table("t") };
    let stated = |owner: &str, text: &str, unstated: &str| Held {
        unstated: Some(acl(unstated)),
        ..held(owner, text)
    };
    let functions = |of: &str| Object::global(Class::DefaultFunctions, name(of));
    let closed = stated("old", "old=EXECUTE", "old=EXECUTE;PUBLIC=EXECUTE");
    let granted = stated("owner", "app=SELECT", "");
    let source = contents(&[
        (column.clone(), granted.clone()),
        (functions("old"), closed.clone()),
        (functions("rdsadmin"), stated("rdsadmin", "app=EXECUTE", "")),
    ]);
    let out = compared(&source, &Contents::default(), [15, 16]);
    assert_eq!(
        lines(&out),
        [
            "column s.t.c: app lost SELECT",
            "default privileges on functions that new creates: PUBLIC gained EXECUTE",
        ]
    );
    assert_eq!(out.left[&name("rdsadmin")].granted, 1);
    let open = stated("new", "new=EXECUTE", "new=EXECUTE;PUBLIC=EXECUTE");
    let target = contents(&[(column, granted), (functions("new"), open)]);
    let out = compared(&Contents::default(), &target, [15, 16]);
    assert_eq!(
        lines(&out),
        [
            "column s.t.c: app gained SELECT",
            "default privileges on functions that new creates: PUBLIC lost EXECUTE",
        ]
    );
    assert_eq!(lines(&compared(&source, &target, [15, 16])), Vec::<String>::new());
}

#[test]
fn schema_public_is_as_each_version_makes_it() {
    let public = Object::global(Class::Schema, name("public"));
    let old = contents(&[(
        public.clone(),
        held("postgres", "postgres=USAGE,CREATE;PUBLIC=USAGE,CREATE"),
    )]);
    let new = |owner: &str| {
        let text = format!("{owner}=USAGE,CREATE;PUBLIC=USAGE");
        contents(&[(public.clone(), held(owner, &text))])
    };
    for owner in ["pg_database_owner", "azuresu", "owner"] {
        assert_eq!(lines(&compared(&old, &new(owner), [13, 16])), Vec::<String>::new(), "{owner}");
    }
    // Somebody else's.
    let out = compared(&old, &new("azadmin"), [13, 16]);
    assert_eq!(out.left[&name("postgres")].owned, 1);
    // As a restore brings it.
    let restored = contents(&[(
        public.clone(),
        held("pg_database_owner", "pg_database_owner=USAGE,CREATE;PUBLIC=USAGE,CREATE"),
    )]);
    assert_eq!(lines(&compared(&old, &restored, [13, 16])), Vec::<String>::new());
    // Somebody gave it on purpose.
    assert_eq!(
        lines(&compared(&restored, &new("pg_database_owner"), [15, 16])),
        ["schema public: PUBLIC lost CREATE"]
    );
}

#[test]
fn policies() {
    let policy = |roles: &[&str]| Policy {
        command: "*".to_owned(),
        permissive: true,
        roles: roles.iter().map(|it| role(it)).collect::<BTreeSet<_>>(),
        owner: name("owner"),
    };
    let object = |of: &str| Object { class: Class::Policy, part: Some(name(of)), ..table("t") };
    let with = |policies: Vec<(Object, Policy)>| Contents {
        policies: policies.into_iter().collect(),
        ..contents(&[(table("t"), held("owner", ""))])
    };
    let source = with(vec![
        (object("gone"), policy(&["app", "rds_superuser"])),
        (object("theirs"), policy(&["rds_superuser"])),
        (object("other"), policy(&["app", "old"])),
        (object("fine"), policy(&["PUBLIC"])),
        (object("short"), policy(&["app", "rds_superuser"])),
        (object("kind"), policy(&["app"])),
    ]);
    let target = with(vec![
        (object("other"), policy(&["app"])),
        (object("fine"), policy(&["PUBLIC"])),
        (object("short"), policy(&["app"])),
        (object("kind"), Policy { permissive: false, ..policy(&["app"]) }),
        (object("new"), policy(&["app"])),
    ]);
    let out = compared(&source, &target, [15, 16]);
    assert_eq!(
        lines(&out),
        [
            "policy gone on s.t: NoPolicy { cause: [\"rds_superuser\"] }",
            "policy kind on s.t: PolicyKind",
            "policy new on s.t: NewPolicy",
            "policy other on s.t: PolicyRoles([Role(\"app\"), Role(\"new\")])",
        ]
    );
    assert_eq!(out.left[&name("rds_superuser")].policies, 3);
}

#[test]
fn what_was_changed_of_the_servers_own() {
    let function = Object::local(Class::Function, name("pg_catalog"), name("f"));
    let changed = |text: &str| Contents {
        changed: [(
            function.clone(),
            Changed {
                owner: name("postgres"),
                acl: acl(text),
                initial: acl("postgres=EXECUTE;PUBLIC=EXECUTE"),
            },
        )]
        .into_iter()
        .collect(),
        ..Contents::default()
    };
    let source = changed("postgres=EXECUTE;app=EXECUTE;rds_superuser=EXECUTE");
    assert_eq!(
        lines(&compared(&source, &Contents::default(), [15, 16])),
        [
            "function pg_catalog.f(): app lost EXECUTE",
            "function pg_catalog.f(): PUBLIC gained EXECUTE"
        ]
        .map(|line| line.replace("()", ""))
    );
    assert_eq!(lines(&compared(&source, &source, [15, 16])), Vec::<String>::new());
    let target = changed("postgres=EXECUTE;PUBLIC=EXECUTE;new=EXECUTE");
    assert_eq!(
        lines(&compared(&Contents::default(), &target, [15, 16])),
        ["function pg_catalog.f: new gained EXECUTE"]
    );
}
