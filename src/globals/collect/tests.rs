use super::*;
use crate::globals::model::Password;
use crate::globals::{Fact, Fate, Grantee};
use crate::name::Name;
use crate::sql::parse;

/// Collects statements, one a line.
fn collect(text: &str) -> std::result::Result<Collected, String> {
    let mut collector = Collector::default();
    for (at, line) in text.split('\n').enumerate() {
        let statement = parse(line).map_err(|error| error.to_string())?;
        collector.add(&statement, u32::try_from(at + 1).unwrap()).map_err(|refusal| refusal.why)?;
    }
    Ok(collector.finish(None))
}

/// What became of each line, and the rules that said so.
fn fates(text: &str) -> String {
    let collected = collect(text).unwrap();
    let fates = collected.ledger.fates().map(|(line, fate)| match fate {
        Fate::Kept => format!("{line} kept"),
        Fate::Rewritten => format!("{line} rewritten"),
        Fate::Dropped => format!("{line} dropped"),
    });
    let rules =
        collected.findings.iter().map(|f| format!("{}:{}", f.line.unwrap_or(0), f.about.name));
    fates.chain(rules).collect::<Vec<_>>().join(", ")
}

#[test]
fn later_statements_replace_earlier_ones() {
    let cases = [
        ("CREATE ROLE a\nALTER ROLE a WITH LOGIN NOSUPERUSER", "1 kept, 2 kept"),
        ("CREATE USER a\nALTER ROLE a WITH NOLOGIN", "1 rewritten, 2 kept, 1:superseded"),
        (
            "CREATE ROLE a\nALTER ROLE a SET x TO '1'\nALTER ROLE a SET X TO '2'",
            "1 kept, 2 dropped, 3 kept, 2:superseded",
        ),
        (
            "CREATE ROLE a\nALTER ROLE a SET x TO '1'\nALTER ROLE a RESET ALL",
            "1 kept, 2 dropped, 3 kept, 2:superseded",
        ),
        ("CREATE ROLE a\nDROP ROLE a", "1 dropped, 2 kept, 1:superseded"),
        ("DROP ROLE IF EXISTS a\nCREATE ROLE a", "1 dropped, 2 kept, 1:drop"),
        (
            "CREATE ROLE a\nDROP ROLE a\nCREATE ROLE a\nALTER ROLE a LOGIN",
            "1 dropped, 2 kept, 3 kept, 4 kept, 1:superseded",
        ),
        ("CREATE ROLE a\nALTER ROLE a", "1 kept, 2 dropped, 2:no-effect"),
        ("CREATE ROLE a\nALTER ROLE ghost WITH", "1 kept, 2 dropped, 2:no-effect"),
        (
            "CREATE ROLE a VALID UNTIL '2030-01-01'\nALTER ROLE a VALID UNTIL 'infinity'",
            "1 rewritten, 2 kept, 1:no-time-zone, 1:superseded",
        ),
        (
            "CREATE ROLE a\nCREATE ROLE b\nGRANT a TO b\nGRANT a TO b WITH ADMIN OPTION",
            "1 kept, 2 kept, 3 dropped, 4 kept, 3:superseded",
        ),
        (
            "CREATE ROLE a\nCREATE ROLE b\nGRANT a TO b GRANTED BY c\nGRANT a TO b GRANTED BY d",
            "1 kept, 2 kept, 3 kept, 4 kept",
        ),
        (
            "CREATE ROLE a\nCREATE ROLE b\nGRANT a TO b\nREVOKE a FROM b\nREVOKE a FROM b",
            "1 kept, 2 kept, 3 dropped, 4 kept, 5 dropped, 3:superseded, 5:no-effect",
        ),
        ("CREATE ROLE a\nALTER ROLE a RENAME TO b", "1 rewritten, 2 kept"),
        (
            "CREATE ROLE a\nCOMMENT ON ROLE a IS 'x'\nCOMMENT ON ROLE a IS NULL",
            "1 kept, 2 dropped, 3 kept, 2:superseded",
        ),
        (
            "REVOKE ALL ON PARAMETER x FROM postgres\nGRANT SET ON PARAMETER x TO PUBLIC",
            "1 dropped, 2 kept, 1:no-effect",
        ),
        (
            "GRANT SET ON PARAMETER x TO a WITH GRANT OPTION\nGRANT SET ON PARAMETER x TO a",
            "1 kept, 2 dropped, 2:no-effect",
        ),
        (
            "CREATE TABLESPACE t LOCATION '/t'\nGRANT CREATE ON TABLESPACE t TO a WITH GRANT OPTION\n\
             GRANT CREATE ON TABLESPACE t TO a",
            "1 kept, 2 kept, 3 dropped, 3:no-effect",
        ),
        (
            "CREATE ROLE a\nCREATE TABLESPACE t OWNER a LOCATION '/t'\nREVOKE ALL ON TABLESPACE t FROM a",
            "1 kept, 2 kept, 3 dropped, 3:owner-privilege",
        ),
        ("ALTER ROLE a LOGIN", "1 kept, 1:assumed-role"),
        ("CREATE ROLE a SYSID 5", "1 rewritten, 1:no-effect"),
    ];
    for (text, expected) in cases {
        assert_eq!(fates(text), expected, "{text}");
    }
}

#[test]
fn what_takes_back_makes_no_role() {
    let text = "CREATE ROLE a\nALTER ROLE b RESET x\nCOMMENT ON ROLE c IS NULL\n\
                ALTER ROLE d SET x TO '1'\nALTER ROLE d RESET x\nALTER ROLE e SET x TO '1'\n\
                ALTER ROLE e PASSWORD NULL";
    let roles = collect(text).unwrap().globals.roles;
    assert_eq!(roles.keys().map(Name::as_str).collect::<Vec<_>>(), ["a", "e"]);
}

#[test]
fn nothing_can_be_said_of_a_role_that_is_dropped() {
    for statement in [
        "ALTER ROLE a LOGIN",
        "ALTER ROLE a SET x TO '1'",
        "GRANT a TO b",
        "GRANT b TO a",
        "REVOKE b FROM a",
        "COMMENT ON ROLE a IS 'x'",
        "SECURITY LABEL FOR p ON ROLE a IS 'x'",
        "CREATE TABLESPACE t OWNER a LOCATION '/t'",
        "GRANT SET ON PARAMETER x TO a",
    ] {
        let text = format!("CREATE ROLE a\nCREATE ROLE b\nDROP ROLE a\n{statement}");
        let why = collect(&text).unwrap_err();
        assert_eq!(why, "role a is dropped in line 3, before this", "{statement}");
    }
}

#[test]
fn every_statement_of_what_is_dropped_is_named() {
    let text = "CREATE ROLE a\nCREATE ROLE b\nALTER ROLE a LOGIN\nALTER ROLE a SET x TO '1'\n\
                GRANT b TO a\nDROP ROLE a";
    assert_eq!(
        fates(text),
        "1 dropped, 2 kept, 3 dropped, 4 dropped, 5 dropped, 6 kept, \
         1:superseded, 3:superseded, 5:superseded, 4:superseded"
    );
}

#[test]
fn renaming_reaches_everything() {
    let renamed = collect(
        "CREATE ROLE a\nCREATE ROLE b\nGRANT a TO b\nALTER ROLE a SET x TO '1'\n\
         CREATE TABLESPACE t OWNER a LOCATION '/t'\nGRANT CREATE ON TABLESPACE t TO a\n\
         GRANT SET ON PARAMETER x TO a\nALTER ROLE a RENAME TO c",
    );
    let direct = collect(
        "CREATE ROLE c\nCREATE ROLE b\nGRANT c TO b\nALTER ROLE c SET x TO '1'\n\
         CREATE TABLESPACE t OWNER c LOCATION '/t'\nGRANT CREATE ON TABLESPACE t TO c\n\
         GRANT SET ON PARAMETER x TO c",
    );
    assert_eq!(renamed.unwrap().globals, direct.unwrap().globals);
}

#[test]
fn the_server_clears_an_md5_password_when_it_renames() {
    let md5 = format!("CREATE ROLE a PASSWORD 'md5{}'\nALTER ROLE a RENAME TO b", "0".repeat(32));
    let collected = collect(&md5).unwrap();
    assert_eq!(collected.globals.roles["b"].password, Password::None(Fact::default()));
}

#[test]
fn passwords_are_unknown_where_none_is_stated() {
    let collected = collect("CREATE ROLE a LOGIN\nCREATE ROLE b LOGIN PASSWORD 'x'").unwrap();
    assert_eq!(collected.globals.roles["a"].password, Password::Unknown);
    let collected = collect("CREATE ROLE a LOGIN PASSWORD NULL").unwrap();
    assert_eq!(collected.globals.roles["a"].password, Password::None(Fact::default()));
}

#[test]
fn names_are_cut_as_the_server_cuts_them() {
    let long = "é".repeat(32);
    let collected =
        collect(&format!("CREATE ROLE \"{long}\"\nALTER ROLE \"{long}x\" LOGIN")).unwrap();
    let names: Vec<_> = collected.globals.roles.keys().map(Name::as_str).collect();
    assert_eq!(names, ["é".repeat(31)]);
    assert_eq!(collected.findings.len(), 2);
}

#[test]
fn contradictions_are_refused() {
    let cases = [
        ("CREATE ROLE a\nCREATE ROLE a", "role a is created twice: first in line 1"),
        ("ALTER ROLE a RENAME TO b", "role a is renamed and not created before"),
        (
            "CREATE ROLE a\nCREATE ROLE b\nALTER ROLE a RENAME TO b",
            "role a is renamed to b, which exists already",
        ),
        ("GRANT a TO a", "role a cannot be a member of itself"),
        ("GRANT a TO PUBLIC", "PUBLIC is not a role here"),
        (
            "ALTER ROLE CURRENT_USER LOGIN",
            "CURRENT_USER: a dump does not tell who that is; write that role's name",
        ),
        ("SET ROLE a", "SET ROLE: what follows would be done by another role"),
        (
            "ALTER ROLE a SET x FROM CURRENT",
            "FROM CURRENT: a dump does not tell the session's value",
        ),
        (
            "CREATE ROLE a VALID UNTIL '01/02/2030'",
            "VALID UNTIL '01/02/2030' is not ISO and could be read in more than one way: dump again \
             with PGDATESTYLE=ISO, or write it as YYYY-MM-DD HH:MM:SS+00",
        ),
        (
            "CREATE TABLESPACE t LOCATION '/t'\nCREATE TABLESPACE t LOCATION '/t'",
            "tablespace t is created twice: first in line 1",
        ),
        (
            "SET SESSION AUTHORIZATION a\nCREATE ROLE b",
            "between SET and RESET SESSION AUTHORIZATION only privileges on parameters and tablespaces can be granted",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(collect(text).map(|_| ()), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn what_was_granted_on_goes_with_cascade() {
    let parameters = |text: &str| {
        let grants = "GRANT SET ON PARAMETER x TO a WITH GRANT OPTION\n\
                      SET SESSION AUTHORIZATION a\n\
                      GRANT SET ON PARAMETER x TO b WITH GRANT OPTION\n\
                      SET SESSION AUTHORIZATION b\nGRANT SET ON PARAMETER x TO c\n\
                      RESET SESSION AUTHORIZATION\n";
        let globals = collect(&format!("{grants}{text}")).unwrap().globals;
        let keys = globals.parameters.keys();
        keys.map(|key| format!("{:?}", key.grantee)).collect::<Vec<_>>().join(" ")
    };
    let of = |name: &str| format!("{:?}", Grantee::Role(Name::new(name)));
    assert_eq!(parameters("REVOKE SET ON PARAMETER x FROM a CASCADE"), "");
    assert_eq!(parameters("REVOKE GRANT OPTION FOR SET ON PARAMETER x FROM a CASCADE"), of("a"));
    assert_eq!(
        parameters("REVOKE ALTER SYSTEM ON PARAMETER x FROM a CASCADE").matches("Role").count(),
        3
    );
    let members = |text: &str| {
        let grants = "GRANT r TO a WITH ADMIN OPTION\nGRANT r TO b GRANTED BY a\n";
        collect(&format!("{grants}{text}")).unwrap().globals.memberships.len()
    };
    assert_eq!(members("REVOKE ADMIN OPTION FOR r FROM a CASCADE"), 1);
    assert_eq!(
        members(
            "GRANT r TO z WITH ADMIN OPTION, SET TRUE\nGRANT r TO a WITH ADMIN OPTION GRANTED BY z\n\
             REVOKE r FROM a GRANTED BY z CASCADE"
        ),
        3
    );
}

#[test]
fn grants_rest_on_each_other_as_deep_as_the_input_likes() {
    let mut lines = vec!["GRANT r TO a0 WITH ADMIN OPTION".to_owned()];
    lines.extend((0..50_000).map(|by| {
        let to = by + 1;
        format!("GRANT r TO a{to} WITH ADMIN OPTION GRANTED BY a{by}")
    }));
    lines.push("REVOKE r FROM a0 CASCADE".to_owned());
    let collected = collect(&lines.join("\n")).unwrap();
    assert!(collected.globals.memberships.is_empty());
}

/// The memberships, with the options that are stated, and the findings about them.
fn memberships(text: &str, era: Option<Era>) -> String {
    let mut collector = Collector::default();
    for (line, text) in (1..).zip(text.split(';')) {
        collector.add(&parse(text).unwrap(), line).unwrap();
    }
    let Collected { globals, findings, .. } = collector.finish(era);
    let memberships = globals.memberships.iter().map(|(key, it)| {
        let option = |name: &str, fact: Option<Fact<bool>>| {
            fact.map(|fact| format!(" {name}={}", fact.value)).unwrap_or_default()
        };
        let grantor = key.grantor.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
        let (admin, inherit) = (option("admin", it.admin), option("inherit", it.inherit));
        format!("{} in {}{grantor}{admin}{inherit}", key.member, key.role)
    });
    let told = findings.iter().filter(|it| it.about.name == "depends-on-version");
    let told = told.map(|it| format!("{}: {}", it.line.unwrap(), it.object.name()));
    memberships.chain(told).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_version_that_is_not_known_gives_no_more_than_another() {
    let roles =
        "CREATE ROLE g;CREATE ROLE r;CREATE ROLE m NOINHERIT;GRANT r TO g WITH ADMIN OPTION;";
    let of = |text: &str| {
        let all = [Some(Era::Before16), Some(Era::Since16), None];
        all.map(|era| memberships(&format!("{roles}{text}"), era).replace("g in r admin=true", "*"))
    };
    assert_eq!(
        of("GRANT r TO m;ALTER ROLE m INHERIT"),
        ["*, m in r", "*, m in r inherit=false", "*, m in r inherit=false, 5: m in r"]
    );
    assert_eq!(
        of("ALTER ROLE m INHERIT;GRANT r TO m;ALTER ROLE m NOINHERIT"),
        ["*, m in r", "*, m in r inherit=true", "*, m in r inherit=false, 6: m in r"]
    );
    assert_eq!(of("GRANT r TO m;REVOKE r FROM m GRANTED BY g"), ["*", "*, m in r", "*, 5: m in r"]);
    assert_eq!(
        of("GRANT r TO m GRANTED BY g;REVOKE ADMIN OPTION FOR r FROM g CASCADE"),
        ["g in r admin=false, m in r by g", "g in r admin=false", "g in r admin=false, 5: m in r"]
    );
    assert_eq!(
        of("GRANT r TO m GRANTED BY g;GRANT r TO m;REVOKE r FROM m;REVOKE r FROM m"),
        ["*", "*, m in r by g", "*, 5: m in r"]
    );
    assert_eq!(of("GRANT r TO m GRANTED BY g;DROP ROLE g"), ["m in r", "", "5: m in r"]);
    // What they say tells it.
    assert_eq!(
        of("GRANT r TO m;ALTER ROLE m INHERIT;GRANT r TO g WITH SET TRUE")[2],
        "*, m in r inherit=false"
    );
}
