//! What is set for all roles, everywhere or in one database.

use crate::finding::{Action, Severity};
use crate::globals::{Setting, SettingKey};
use crate::sanitize::{About, Context, SettingRule, Verdict};

pub(super) const ABOUT: About = About {
    name: "all-setting",
    severity: Severity::Warning,
    why: "what is set for all roles changes the administrator's own sessions, too",
    explanation: "ALTER ROLE ALL SET acts on each session that begins from then on, and ALTER \
                  DATABASE … SET, which is ALTER ROLE ALL IN DATABASE … SET, on each in that \
                  database: the administrator's, those of pg_restore, of monitoring and of roles \
                  that only the target has. With role they begin as another role, with search_path they find other tables and functions, with \
                  default_transaction_read_only they cannot write.\n\n\
                  So it is left out unless --allow-all-settings says that it is meant. What a \
                  database has comes with it by pg_restore --create, too. For all databases at \
                  once it takes a superuser (finding global-setting).",
    remedy: "where each session of the target should have it, give --allow-all-settings",
};

pub(super) const ALLOWED: About = About {
    name: "allowed-all-setting",
    severity: Severity::Warning,
    why: "--allow-all-settings: each session of the target will have it, the administrator's own too",
    explanation: "ALTER ROLE ALL SET and ALTER DATABASE … SET act on each session that begins from \
                  then on, whoever begins it (finding all-setting). The user said that it is meant, \
                  and it is set.",
    remedy: "see that the administrator, pg_restore and monitoring can work with it; where they cannot, \
             leave --allow-all-settings out",
};

pub(super) struct AllSetting;

impl SettingRule for AllSetting {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        if key.role.is_some() {
            return Verdict::Keep;
        }
        let value = &setting.value;
        let what = if key.name.is("role") {
            format!("every session would begin as {value}")
        } else if key.name.is("session_authorization") {
            "no server applies session_authorization to a session that begins".to_owned()
        } else if key.name.is("search_path") && setting.value.is_empty_list() {
            "every session would look for names in pg_catalog alone".to_owned()
        } else if key.name.is("search_path") {
            format!("every session would look for names in {value}")
        } else if key.name.is("default_transaction_read_only") && value.is_on() {
            "no session could write".to_owned()
        } else {
            format!("every session would have {value}")
        };
        let place = key.database.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        let object = key.subject();
        let (about, action, verdict) = if cx.choices.allow_all_settings {
            (&ALLOWED, Action::Kept, Verdict::Keep)
        } else {
            (&ABOUT, Action::Dropped, Verdict::Drop)
        };
        cx.report(about, action, object, setting.origin, format!("{what}{place}"));
        verdict
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::Choices;
    use crate::sanitize::testing::{run, run_with};

    #[test]
    fn is_sent_only_where_it_is_allowed() {
        let text = "CREATE ROLE a;\nALTER ROLE ALL SET role TO 'a';\n\
                    ALTER ROLE ALL SET search_path TO s, public;\n\
                    ALTER ROLE ALL SET default_transaction_read_only TO 'on';\n\
                    ALTER ROLE ALL IN DATABASE d SET work_mem TO '1MB';\n\
                    ALTER DATABASE e SET session_authorization TO 'a';\n\
                    ALTER ROLE a IN DATABASE d SET work_mem TO '1MB';";
        insta::assert_snapshot!(run(text, "postgres 16"), @r"
        4 warning all-setting dropped setting ALL: default_transaction_read_only: no session could write
        2 warning all-setting dropped setting ALL: role: every session would begin as a
        3 warning all-setting dropped setting ALL: search_path: every session would look for names in s, public
        5 warning all-setting dropped setting ALL in d: work_mem: every session would have 1MB in d
        7 info database-setting kept setting a in d: work_mem: for one database only
        6 warning all-setting dropped setting ALL in e: session_authorization: no server applies session_authorization to a session that begins in e
        CREATE ROLE a
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'd') THEN
            ALTER ROLE a IN DATABASE d SET work_mem TO '1MB';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: d';
          END IF;
        END
        $pg_globals$
        kept 2, rewritten 0, dropped 5
        ");
        let choices = Choices { allow_all_settings: true, ..Choices::default() };
        insta::assert_snapshot!(run_with(text, "postgres 16", &choices), @"
        4 warning allowed-all-setting kept setting ALL: default_transaction_read_only: no session could write
        4 warning frozen kept setting ALL: default_transaction_read_only: default_transaction_read_only is on
        2 warning allowed-all-setting kept setting ALL: role: every session would begin as a
        3 warning allowed-all-setting kept setting ALL: search_path: every session would look for names in s, public
        5 warning allowed-all-setting kept setting ALL in d: work_mem: every session would have 1MB in d
        5 info database-setting kept setting ALL in d: work_mem: for everybody in one database, and set only where the administrator owns it
        7 info database-setting kept setting a in d: work_mem: for one database only
        6 warning allowed-all-setting kept setting ALL in e: session_authorization: no server applies session_authorization to a session that begins in e
        6 info database-setting kept setting ALL in e: session_authorization: for everybody in one database, and set only where the administrator owns it
        CREATE ROLE a
        ALTER ROLE ALL SET default_transaction_read_only TO 'on'
        ALTER ROLE ALL SET search_path TO 's', 'public'
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'd') THEN
            ALTER ROLE a IN DATABASE d SET work_mem TO '1MB';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: d';
          END IF;
        END
        $pg_globals$
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'd' AND pg_catalog.pg_has_role(datdba, 'USAGE')) THEN
            ALTER DATABASE d SET work_mem TO '1MB';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet, or is another''s: its owner may run this section: d';
          END IF;
        END
        $pg_globals$
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'e' AND pg_catalog.pg_has_role(datdba, 'USAGE')) THEN
            ALTER DATABASE e SET session_authorization TO 'a';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet, or is another''s: its owner may run this section: e';
          END IF;
        END
        $pg_globals$
        ALTER ROLE ALL SET role TO 'a'
        kept 7, rewritten 0, dropped 0
        ");
        insta::assert_snapshot!(run_with(text, "azure 16", &choices), @r"
        4 warning global-setting dropped setting ALL: default_transaction_read_only: set the server parameter default_transaction_read_only to on
        2 warning global-setting dropped setting ALL: role: role is no parameter of a server
        3 warning global-setting dropped setting ALL: search_path: set the server parameter search_path to s, public
        5 warning allowed-all-setting kept setting ALL in d: work_mem: every session would have 1MB in d
        5 info database-setting kept setting ALL in d: work_mem: for everybody in one database, and set only where the administrator owns it
        7 info database-setting kept setting a in d: work_mem: for one database only
        6 warning allowed-all-setting kept setting ALL in e: session_authorization: no server applies session_authorization to a session that begins in e
        6 info database-setting kept setting ALL in e: session_authorization: for everybody in one database, and set only where the administrator owns it
        CREATE ROLE a
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'd') THEN
            ALTER ROLE a IN DATABASE d SET work_mem TO '1MB';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: d';
          END IF;
        END
        $pg_globals$
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'd' AND pg_catalog.pg_has_role(datdba, 'USAGE')) THEN
            ALTER DATABASE d SET work_mem TO '1MB';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet, or is another''s: its owner may run this section: d';
          END IF;
        END
        $pg_globals$
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'e' AND pg_catalog.pg_has_role(datdba, 'USAGE')) THEN
            ALTER DATABASE e SET session_authorization TO 'a';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet, or is another''s: its owner may run this section: e';
          END IF;
        END
        $pg_globals$
        kept 4, rewritten 0, dropped 3
        ");
    }
}
