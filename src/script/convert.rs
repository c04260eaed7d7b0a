//! Globals as a script that plain `psql -f` replays.

use std::fmt::Write as _;
use std::io;

use super::head::{self, Server};
use crate::blocks::Blocks;
use crate::globals::Globals;
use crate::globals::script::{Phase, Shape, statements};
use crate::name::Name;
use crate::sql::{MembershipOptions, RoleSpec, Statement, Text, print};
use crate::version::Major;
use crate::words::one_line;

/// What the script's first lines say.
#[derive(Clone, Copy, Debug)]
pub struct Title<'a> {
    /// What it was made from.
    pub source: &'a str,
    /// The platform that it is for.
    pub platform: &'a str,
    /// The roles that whoever replays it is made a member of for the time of a restore.
    pub granted: &'a [Name],
}

/// The whole script as text.
pub fn render(globals: &Globals, title: Title<'_>, shape: Shape<'_>) -> String {
    let mut out = Vec::new();
    // Writing to memory cannot fail, and what is written is text.
    let _ = write(globals, title, shape, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes the script.
///
/// # Errors
/// When it cannot be written.
pub fn write(
    globals: &Globals,
    title: Title<'_>,
    shape: Shape<'_>,
    to: &mut dyn io::Write,
) -> io::Result<()> {
    let mut out = Blocks::new(to);
    begin(title, shape.major, &mut out.text);
    let mut phase = None;
    for (next, statement) in statements(globals, shape) {
        if phase != Some(next) {
            let is_outside = next == Phase::Tablespaces;
            if is_outside {
                grants(title, shape.major, &mut out.text);
                out.text.push('\n');
                head::commit(&mut out.text);
            }
            let _ = write!(out.text, "\n-- {}\n\n", heading(next));
            if is_outside {
                head::outside(&mut out.text);
            }
            phase = Some(next);
        }
        push(&statement, &mut out.text);
        out.flow()?;
    }
    if phase != Some(Phase::Tablespaces) {
        grants(title, shape.major, &mut out.text);
        out.text.push('\n');
        head::commit(&mut out.text);
    }
    out.finish()
}

/// What lets whoever replays the script restore what others own.
fn grants(title: Title<'_>, major: Major, out: &mut String) {
    if title.granted.is_empty() {
        return;
    }
    out.push_str("\n-- For the restore: the file of --for-restore takes it back\n\n");
    let on = (major >= Major::new(16)).then_some(true);
    for role in title.granted {
        let grant = Statement::GrantRole {
            roles: vec![Text::Borrowed(role.as_str())],
            members: vec![RoleSpec::CurrentUser],
            options: MembershipOptions { admin: None, inherit: on, set: on },
            granted_by: None,
        };
        push(&grant, out);
    }
}

fn push(statement: &Statement<'_>, out: &mut String) {
    print(statement, out);
    out.push_str(";\n");
}

fn begin(title: Title<'_>, major: Major, out: &mut String) {
    let _ = writeln!(
        out,
        "-- Roles and other globals for {} {major}, made from {} by pg_globals {}.\n\
         -- Replay it with psql -f, as the administrator. It ends at the first error, with nothing done.\n\
         -- Where the administrator itself has the name of a role in it, {}.",
        one_line(title.platform),
        one_line(title.source),
        env!("CARGO_PKG_VERSION"),
        if title.granted.is_empty() {
            "convert again with --exclude for that role"
        } else {
            // What is left out gets a stand-in by its name.
            "rename that role on the source first, or use copy, which sees it"
        },
    );
    head::begin(Server::Major(major), out);
}

fn heading(phase: Phase) -> &'static str {
    match phase {
        Phase::Revokes => "What is taken back",
        Phase::Roles => "Roles",
        Phase::Settings => "Settings",
        Phase::DatabaseSettings => {
            "Settings in one database: run this section again when it exists"
        }
        Phase::Comments => "Comments",
        Phase::SecurityLabels => "Security labels",
        Phase::Memberships => "Memberships",
        Phase::SessionRoles => "Roles that sessions begin as",
        Phase::Parameters => "Privileges on configuration parameters",
        Phase::TablespaceChanges => "Tablespaces that exist",
        Phase::Passwords => "Passwords",
        Phase::Drops => "Roles that go",
        Phase::Tablespaces => "Tablespaces: no transaction can hold them",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Options, read};

    fn script(text: &str, major: u32) -> String {
        let globals = read(text.as_bytes(), Options::default()).unwrap().globals;
        let title = Title { source: "a\nb.sql", platform: "azure", granted: &[] };
        render(
            &globals,
            title,
            Shape { major: Major::new(major), if_not_exists: false, admin: None, once: None },
        )
    }

    #[test]
    fn holds_one_transaction_and_reads_back() {
        let text = "CREATE ROLE a LOGIN PASSWORD 'x';\nCREATE ROLE \"b\nc\";\nGRANT a TO \"b\nc\";\n\
                    ALTER ROLE a IN DATABASE d SET work_mem TO '1MB';\nCREATE TABLESPACE t LOCATION '/t';";
        let script = script(text, 16);
        assert_eq!(script.matches("\nBEGIN READ WRITE;\n").count(), 1);
        assert_eq!(script.matches("\nCOMMIT;\n").count(), 1);
        assert!(script.starts_with(
            "-- Roles and other globals for azure 16, made from a b.sql by pg_globals"
        ));
        assert!(script.ends_with(
            "COMMIT;\n\n-- Tablespaces: no transaction can hold them\n\n\\set AUTOCOMMIT on\n\
             SET default_transaction_read_only = off;\nSET search_path = pg_catalog;\n\
             SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\
             CREATE TABLESPACE t LOCATION '/t';\n"
        ));
        let again = read(script.as_bytes(), Options::default()).unwrap().globals;
        assert_eq!(again, read(text.as_bytes(), Options::default()).unwrap().globals);
    }

    #[test]
    fn only_16_and_later_know_createrole_self_grant() {
        assert!(!script("CREATE ROLE a;", 15).contains("createrole_self_grant"));
        assert!(script("CREATE ROLE a;", 16).contains("createrole_self_grant"));
    }
}
