//! Settings that say which files of the server a session loads code from.

use crate::finding::{Action, Severity};
use crate::globals::script::alter_setting;
use crate::globals::{Setting, SettingKey};
use crate::platform::SettingAnswer;
use crate::sanitize::{About, Context, SettingRule, Verdict};
use crate::sql::print;

pub(super) const ABOUT: About = About {
    name: "library-setting",
    severity: Severity::Error,
    why: "it names files of the source's server, and where one is missing nobody can log in",
    explanation: "What local_preload_libraries and session_preload_libraries name is loaded when a \
                  session begins. A library that the target's server does not have ends each login \
                  with `FATAL: could not access file \"…\": No such file or directory`: of the \
                  role, or of everybody where it was set for a database or for all roles, the \
                  administrator included. Which files a server has, no query shows. \
                  dynamic_library_path and extension_control_path say where libraries and \
                  extensions are looked for, and so whose code runs.\n\n\
                  So these settings are left out, in scripts and in copies. An empty list loads nothing, as \
                  without the setting, and is left out, too: `TO ''` would name a library without a name, \
                  which is never found. PostgreSQL's own place ($libdir, $system) is carried over.",
    remedy: "see in a session of the target that LOAD finds the library, then run the statement that \
             the message has, and log in as the role while another session is open",
};

/// Those whose context allows it to be set for a role or a database (`src/backend/utils/misc/guc_tables.c`,
/// 10 to 18); the libraries are those of [`loads_libraries`](crate::globals::SettingName::loads_libraries).
/// `shared_preload_libraries`, `jit_provider`, `archive_library`,
/// `oauth_validator_libraries` and the like are the whole server's.
const PATHS: [(&str, &str); 2] =
    [("dynamic_library_path", "$libdir"), ("extension_control_path", "$system")];

pub(super) struct LibrarySetting;

impl SettingRule for LibrarySetting {
    fn apply(&self, key: &SettingKey, setting: &mut Setting, cx: &mut Context<'_>) -> Verdict {
        let mut named = setting.value.parts().filter(|part| !part.trim().is_empty());
        let path = PATHS.iter().find(|(name, _)| key.name.is(name));
        let loads = match path {
            Some((_, own)) => named.any(|place| place != *own),
            None => key.name.loads_libraries(),
        };
        if !loads {
            return Verdict::Keep;
        }
        if path.is_none() && named.next().is_none() {
            let (severity, message) = if setting.value.parts().next().is_none() {
                (Severity::Info, "an empty list: nothing is loaded, as without it")
            } else {
                (
                    Severity::Error,
                    "a library without a name: no session begins with it on the source either",
                )
            };
            let (object, origin) = (key.subject(), setting.origin);
            cx.report_as(&ABOUT, severity, Action::Dropped, object, origin, message);
            return Verdict::Drop;
        }
        let may_be_set = matches!(
            cx.rights.setting(key.name.as_str()),
            SettingAnswer::Allowed | SettingAnswer::Unconfirmed(_)
        );
        let is_global = key.role.is_none() && key.database.is_none();
        let message = if is_global && !cx.rights.is_superuser() {
            "only the platform could set it for the whole server".to_owned()
        } else if !may_be_set {
            // That is what another rule says.
            return Verdict::Keep;
        } else {
            let mut statement = String::new();
            print(&alter_setting(key, setting), &mut statement);
            let library = if path.is_some() { "" } else { ", where the target has the library" };
            format!("by hand{library}: {statement}")
        };
        cx.report(&ABOUT, Action::Dropped, key.subject(), setting.origin, message);
        Verdict::Drop
    }
}

#[cfg(test)]
mod tests {
    use crate::sanitize::testing::run;

    #[test]
    fn is_left_out_for_whomever() {
        let text = "CREATE ROLE a;\nALTER ROLE a SET local_preload_libraries TO auto_explain, 'B c';\n\
                    ALTER ROLE ALL SET session_preload_libraries TO 'x';\n\
                    ALTER DATABASE d SET Local_Preload_Libraries TO 'x';\n\
                    ALTER ROLE a IN DATABASE d SET session_preload_libraries TO 'x';\n\
                    ALTER ROLE a SET dynamic_library_path TO '/opt/lib:$libdir';\n\
                    ALTER ROLE a SET extension_control_path TO '$system:/opt';\n\
                    ALTER ROLE a IN DATABASE d SET dynamic_library_path TO '$libdir';\n\
                    ALTER ROLE a SET session_preload_libraries TO '';\n\
                    CREATE ROLE b;\nALTER ROLE b SET local_preload_libraries TO ;";
        insta::assert_snapshot!(run(text, "postgres 18"), @"
        3 error library-setting dropped setting ALL: session_preload_libraries: by hand, where the target has the library: ALTER ROLE ALL SET session_preload_libraries TO 'x'
        6 error library-setting dropped setting a: dynamic_library_path: by hand: ALTER ROLE a SET dynamic_library_path TO '/opt/lib:$libdir'
        7 error library-setting dropped setting a: extension_control_path: by hand: ALTER ROLE a SET extension_control_path TO '$system:/opt'
        2 error library-setting dropped setting a: local_preload_libraries: by hand, where the target has the library: ALTER ROLE a SET local_preload_libraries TO 'auto_explain', 'B c'
        9 error library-setting dropped setting a: session_preload_libraries: a library without a name: no session begins with it on the source either
        11 info library-setting dropped setting b: local_preload_libraries: an empty list: nothing is loaded, as without it
        4 error library-setting dropped setting ALL in d: local_preload_libraries: by hand, where the target has the library: ALTER DATABASE d SET local_preload_libraries TO 'x'
        8 info database-setting kept setting a in d: dynamic_library_path: for one database only
        5 error library-setting dropped setting a in d: session_preload_libraries: by hand, where the target has the library: ALTER ROLE a IN DATABASE d SET session_preload_libraries TO 'x'
        CREATE ROLE a
        CREATE ROLE b
        DO $pg_globals$
        BEGIN
          IF EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) 'd') THEN
            ALTER ROLE a IN DATABASE d SET dynamic_library_path TO '$libdir';
          ELSE
            RAISE NOTICE USING MESSAGE = 'this database does not exist yet: run this section again when it does: d';
          END IF;
        END
        $pg_globals$
        kept 3, rewritten 0, dropped 8
        ");
        // The administrator may not set these anyway.
        let text = "CREATE ROLE a;\nALTER ROLE a SET local_preload_libraries TO 'x';\n\
                    ALTER ROLE a SET session_preload_libraries TO 'x';\n\
                    ALTER ROLE ALL SET local_preload_libraries TO 'x';";
        insta::assert_snapshot!(run(text, "azure 16"), @r"
        4 error library-setting dropped setting ALL: local_preload_libraries: only the platform could set it for the whole server
        2 error library-setting dropped setting a: local_preload_libraries: by hand, where the target has the library: ALTER ROLE a SET local_preload_libraries TO 'x'
        3 warning setting dropped setting a: session_preload_libraries: cannot be set for a role on the target (context: superuser)
        CREATE ROLE a
        kept 1, rewritten 0, dropped 3
        ");
        insta::assert_snapshot!(run(text, "cloudsql 16"), @r"
        4 error library-setting dropped setting ALL: local_preload_libraries: only the platform could set it for the whole server
        2 error library-setting dropped setting a: local_preload_libraries: by hand, where the target has the library: ALTER ROLE a SET local_preload_libraries TO 'x'
        3 warning setting dropped setting a: session_preload_libraries: cannot be set for a role on the target (context: superuser)
        CREATE ROLE a
        kept 1, rewritten 0, dropped 3
        ");
    }
}
