//! The help of every command, whole.

use insta::assert_snapshot;

use crate::support::command::Run;

fn help(args: &[&str]) -> String {
    let done = Run::new(args).done();
    assert_eq!(done.stderr, "");
    let mut text = String::new();
    for line in done.stdout.split_inclusive('\n') {
        assert!(line.trim_end().chars().count() <= 100, "{line}");
        // clap fills some empty lines.
        text.push_str(line.trim_end());
        text.push('\n');
    }
    // A screen: whoever wants more reads the manual page.
    assert!(text.split('\n').count() <= 60, "{text}");
    text
}

#[test]
fn of_the_program() {
    assert_snapshot!(help(&["-h"]), @"
    Moves roles and the other globals of a PostgreSQL cluster to servers that hand out no superuser

    Usage: pg_globals <COMMAND>

    Commands:
      convert      Convert a globals dump into a script that a managed target accepts
      copy         Copy roles live, from a server or a dump to a server
      diff         Show what differs between the globals of two places
      check        Check the migration's other prerequisites; nothing is written on either side
      verify       Verify that everything is there after the restore; nothing is written on either side
      graph        Show who is a member of what
      explain      Explain what a finding or a check means, and what can be done
      platforms    List the platforms that are known, or print one as TOML to start your own from
      schema       Print the JSON schema of what a command says with --format json
      completions  Print completions for a shell: commands, options, platforms, rules and checks
      man          Print the manual page, or write those of all commands to a directory
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Example: pg_globals convert globals.sql -o azure.sql

    Exit status: 0 done, 1 differences, 2 trouble.
    ");
    assert_eq!(help(&["help"]), help(&["--help"]));
    assert_eq!(help(&["--help"]), help(&["-h"]));
    // With the commit, where it is built in a checkout.
    assert_eq!(help(&["--version"]), concat!("pg_globals ", env!("PG_GLOBALS_VERSION"), "\n"));
    assert_eq!(help(&["-V"]), concat!("pg_globals ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn of_convert() {
    assert_snapshot!(help(&["convert", "-h"]), @r#"
    Convert a globals dump into a script that a managed target accepts

    Usage: pg_globals convert [OPTIONS] <SOURCE>

    Arguments:
      <SOURCE>  A dump, - for standard input, or a connection (postgresql://… or "key=value …")

    Options:
      -h, --help  Print help (see more with '--help')

    Target:
      -p, --platform <NAME|FILE>    The target's platform, or a file that describes one [default: azure]
          --target-version <MAJOR>  Its major version [default: the newest released one]

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable
          --database <NAME>    Only roles that this database of the source needs. Repeatable

    Passwords:
          --passwords <WHAT>      Keep, omit or generate [default: keep]
          --password-file <FILE>  Where generated passwords go; those of an earlier run are used again

    Output:
      -o, --output <FILE>       Write the script to a file, with mode 0600 [default: standard output]
          --report <FILE>       Write the report to a file: JSON, or .html or .md by its name
          --format <FORMAT>     The format of the report on standard error: text, json or markdown
                                [default: text]
          --for-restore <FILE>  Let the script prepare the target for a restore; FILE takes it back
          --if-not-exists       Write guards round roles, so that the script can be run again

    Example: pg_globals convert globals.sql -o azure.sql

    Exit status: 0 when the script was written, whatever the findings; 2 for trouble.
    "#);
    assert_snapshot!(help(&["convert", "--help"]), @r#"
    Convert a globals dump into a script that a managed target accepts.

    Reads what pg_dumpall --globals-only writes (or a whole cluster dump, or a running server), takes
    out or rewrites what the target's administrator may not do, and says what it changed and why. The
    script goes to standard output, the report to standard error.

    Usage: pg_globals convert [OPTIONS] <SOURCE>

    Arguments:
      <SOURCE>  A dump, - for standard input, or a connection (postgresql://… or "key=value …")

    Options:
      -h, --help  Print help

    Target:
      -p, --platform <NAME|FILE>    The target's platform, or a file that describes one [default: azure]
          --target-version <MAJOR>  Its major version [default: the newest released one]

    Source:
          --source-platform <NAME|FILE>  Its platform [default: recognised by its roles]
          --drop-unknown                 Drop statements that are not understood, instead of failing
          --accept-truncated             Use a dump without its end marker as far as it goes
          --reader <READER>              How it is read: auto, both, pg_dumpall, catalog [default: auto]
          --pg-dumpall <PATH>            The pg_dumpall to run [default: the newest that is found]

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable
          --rename <OLD=NEW>   Give a role of the source another name. Repeatable
          --database <NAME>    Only roles that this database of the source needs. Repeatable
          --explain-selection  With --database: say why each role was taken

    What goes:
          --skip <KIND>               Leave out comments, settings, memberships or other kinds
          --map-role <SOURCE=TARGET>  Let a role of the target stand for one of the source or SUPERUSER
          --widen                     Let memberships and CREATEROLE widen on targets before 16
          --allow-all-settings        Send what is set for all roles, the administrator included

    Passwords:
          --passwords <WHAT>       Keep, omit or generate [default: keep]
          --password-file <FILE>   Where generated passwords go; those of an earlier run are used again
          --passwords-from <FILE>  Take what the source lacks from a pgbouncer userlist.txt, or a dump

    Output:
      -o, --output <FILE>       Write the script to a file, with mode 0600 [default: standard output]
          --report <FILE>       Write the report to a file: JSON, or .html or .md by its name
          --format <FORMAT>     The format of the report on standard error: text, json or markdown
                                [default: text]
          --for-restore <FILE>  Let the script prepare the target for a restore; FILE takes it back
          --if-not-exists       Write guards round roles, so that the script can be run again
          --allow-freeze        With --if-not-exists: what lets roles that exist only read, too

    Example: pg_globals convert globals.sql -o azure.sql

    Exit status: 0 when the script was written, whatever the findings; 2 for trouble.
    "#);
}

#[test]
fn of_copy() {
    assert_snapshot!(help(&["copy", "-h"]), @r#"
    Copy roles live, from a server or a dump to a server

    Usage: pg_globals copy [OPTIONS] <SOURCE> <TARGET>

    Arguments:
      <SOURCE>  A connection (postgresql://… or "key=value …"), a dump, or - for standard input
      <TARGET>  A connection to the target, as its administrator

    Options:
      -h, --help  Print help (see more with '--help')

    What is done:
          --dry-run             Do it all on the target, then roll back: all refusals at once
          --existing <WHAT>     Roles that exist: merge, replace, skip or fail [default: merge]
          --for-restore <FILE>  Prepare the target for pg_restore; FILE takes it back
          --undo <FILE>         Write the statements that take exactly this run back, with mode 0600
          --expect-plan <PLAN>  Send nothing but the plan of this fingerprint, or of this report of a
                                dry run
      -y, --yes                 Do not ask

    Target:
      -p, --platform <NAME|FILE>  Its platform [default: recognised by its roles]

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable
          --database <NAME>    Only roles that this database of the source needs. Repeatable

    Passwords:
          --passwords <WHAT>      Keep, omit, generate, resend or generate,resend [default: keep]
          --password-file <FILE>  Where generated passwords go; those of an earlier run are used again

    Output:
          --report <FILE>    Write the report to a file: JSON, or .html or .md by its name
          --format <FORMAT>  The format of what is printed: text, json or markdown [default: text]

    Example: pg_globals copy "host=old user=postgres" "host=new user=azadmin dbname=postgres" --dry-run
    Exit status: 0 when nothing remains; 1 when something does, or a dry run was refused; 2 for trouble.
    "#);
    assert_snapshot!(help(&["copy", "--help"]), @r#"
    Copy roles live, from a server or a dump to a server.

    Takes out of the source's globals what the target's administrator may not do, shows what is left as
    a plan, sends it in one transaction, all or nothing, and compares the target again.

    Usage: pg_globals copy [OPTIONS] <SOURCE> <TARGET>

    Arguments:
      <SOURCE>  A connection (postgresql://… or "key=value …"), a dump, or - for standard input
      <TARGET>  A connection to the target, as its administrator

    Options:
      -h, --help  Print help

    What is done:
          --dry-run             Do it all on the target, then roll back: all refusals at once
          --existing <WHAT>     Roles that exist: merge, replace, skip or fail [default: merge]
          --allow-freeze        Also apply NOLOGIN, limit 0, expiry and read-only to roles that exist
          --for-restore <FILE>  Prepare the target for pg_restore; FILE takes it back
          --undo <FILE>         Write the statements that take exactly this run back, with mode 0600
          --expect-plan <PLAN>  Send nothing but the plan of this fingerprint, or of this report of a
                                dry run
      -y, --yes                 Do not ask
          --into-older          Go on where source and target look swapped

    Target:
      -p, --platform <NAME|FILE>  Its platform [default: recognised by its roles]

    Source:
          --source-platform <NAME|FILE>  Its platform [default: recognised by its roles]
          --drop-unknown                 Drop statements that are not understood, instead of failing
          --accept-truncated             Use a dump without its end marker as far as it goes
          --reader <READER>              How it is read: auto, both, pg_dumpall, catalog [default: auto]
          --pg-dumpall <PATH>            The pg_dumpall to run [default: the newest that is found]

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable
          --rename <OLD=NEW>   Give a role of the source another name. Repeatable
          --database <NAME>    Only roles that this database of the source needs. Repeatable
          --explain-selection  With --database: say why each role was taken

    What goes:
          --skip <KIND>               Leave out comments, settings, memberships or other kinds
          --map-role <SOURCE=TARGET>  Let a role of the target stand for one of the source or SUPERUSER
          --widen                     Let memberships and CREATEROLE widen on targets before 16
          --allow-all-settings        Send what is set for all roles, the administrator included

    Passwords:
          --passwords <WHAT>       Keep, omit, generate, resend or generate,resend [default: keep]
          --password-file <FILE>   Where generated passwords go; those of an earlier run are used again
          --passwords-from <FILE>  Take what the source lacks from a pgbouncer userlist.txt, or a dump

    Output:
          --report <FILE>    Write the report to a file: JSON, or .html or .md by its name
          --format <FORMAT>  The format of what is printed: text, json or markdown [default: text]

    Example: pg_globals copy "host=old user=postgres" "host=new user=azadmin dbname=postgres" --dry-run
    Exit status: 0 when nothing remains; 1 when something does, or a dry run was refused; 2 for trouble.
    "#);
    assert_eq!(help(&["help", "copy"]), help(&["copy", "--help"]));
}

#[test]
fn of_diff() {
    assert_snapshot!(help(&["diff", "-h"]), @"
    Show what differs between the globals of two places

    Usage: pg_globals diff [OPTIONS] <LEFT> <RIGHT>

    Arguments:
      <LEFT>   The left side: a dump, - for standard input, or a connection
      <RIGHT>  The right side

    Options:
      -h, --help  Print help (see more with '--help')

    What is compared:
          --as <PLATFORM>  Is a migration complete? LEFT as it would be on this platform
          --ignore <KIND>  Do not look at passwords, comments, settings, memberships, parameters,
                           tablespaces, security-labels or attributes:NAME

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable
          --database <NAME>    Only roles that this database of the source needs. Repeatable

    Output:
          --format <FORMAT>  How the differences are shown: text, unified, sql, markdown or json
                             [default: text]
          --replace          In the sql form: removals, too; roles are never dropped
      -o, --output <FILE>    Write to a file, with mode 0600 [default: standard output]
          --report <FILE>    Write a report to a file as well: JSON, or .html or .md by its name
          --show-passwords   Let the sql form, which holds verifiers, go to standard output

    Example: pg_globals diff yesterday.sql postgresql://postgres@db1/postgres

    Exit status: 0 when equal, also where something cannot be compared; 1 when different; 2 for trouble.
    ");
    assert_snapshot!(help(&["diff", "--help"]), @"
    Show what differs between the globals of two places.

    Each is a dump, - for standard input, or a connection: two servers, a server and yesterday's dump, a
    dump before and after converting. Added is what only the right side has, removed what only the left
    side has. With --as it answers whether a migration is complete.

    Usage: pg_globals diff [OPTIONS] <LEFT> <RIGHT>

    Arguments:
      <LEFT>   The left side: a dump, - for standard input, or a connection
      <RIGHT>  The right side

    Options:
      -h, --help  Print help

    What is compared:
          --as <PLATFORM>             Is a migration complete? LEFT as it would be on this platform
          --ignore <KIND>             Do not look at passwords, comments, settings, memberships,
                                      parameters, tablespaces, security-labels or attributes:NAME
          --map-role <SOURCE=TARGET>  With --as: what --map-role of the copy was. Repeatable
          --allow-all-settings        With --as, and in the sql form: what is set for all roles, too
          --all-roles                 The platforms' own roles too
          --grantors                  Who granted memberships and privileges, too

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable
          --rename <OLD=NEW>   Give a role of the source another name. Repeatable
          --database <NAME>    Only roles that this database of the source needs. Repeatable
          --explain-selection  With --database: say why each role was taken

    Source:
          --source-platform <NAME|FILE>  Its platform [default: recognised by its roles]
          --drop-unknown                 Drop statements that are not understood, instead of failing
          --accept-truncated             Use a dump without its end marker as far as it goes
          --reader <READER>              How it is read: auto, both, pg_dumpall, catalog [default: auto]
          --pg-dumpall <PATH>            The pg_dumpall to run [default: the newest that is found]

    Output:
          --format <FORMAT>  How the differences are shown: text, unified, sql, markdown or json
                             [default: text]
          --replace          In the sql form: removals, too; roles are never dropped
          --allow-freeze     In the sql form: what shuts roles out that work, too (NOLOGIN, …)
      -o, --output <FILE>    Write to a file, with mode 0600 [default: standard output]
          --report <FILE>    Write a report to a file as well: JSON, or .html or .md by its name
          --show-passwords   Let the sql form, which holds verifiers, go to standard output

    Example: pg_globals diff yesterday.sql postgresql://postgres@db1/postgres

    Exit status: 0 when equal, also where something cannot be compared; 1 when different; 2 for trouble.
    ");
    assert_eq!(help(&["help", "diff"]), help(&["diff", "--help"]));
}

#[test]
fn of_platforms() {
    assert_snapshot!(help(&["platforms", "-h"]), @"
    List the platforms that are known, or print one as TOML to start your own from

    Usage: pg_globals platforms [OPTIONS] [NAME]

    Arguments:
      [NAME]  The platform to print

    Options:
          --format <FORMAT>  The format of the list, or of the platform: text is TOML, which --platform
                             takes [default: text] [possible values: text, json, markdown]
      -h, --help             Print help (see more with '--help')

    Example: pg_globals platforms azure > mine.toml

    Exit status: 0 done, 2 trouble.
    ");
    assert_snapshot!(help(&["platforms", "--help"]), @"
    List the platforms that are known, or print one as TOML to start your own from

    Usage: pg_globals platforms [OPTIONS] [NAME]

    Arguments:
      [NAME]  The platform to print

    Options:
          --format <FORMAT>  The format of the list, or of the platform: text is TOML, which --platform
                             takes [default: text] [possible values: text, json, markdown]
      -h, --help             Print help

    Example: pg_globals platforms azure > mine.toml

    Exit status: 0 done, 2 trouble.
    ");
}

#[test]
fn of_explain() {
    assert_snapshot!(help(&["explain", "-h"]), @"
    Explain what a finding or a check means, and what can be done

    Usage: pg_globals explain [OPTIONS] [RULE|CHECK|CODE]...

    Arguments:
      [RULE|CHECK|CODE]...  Rules or checks, as reports name them, or codes of the migration service
                            [default: a line for each]

    Options:
          --format <FORMAT>  The format of the explanation [default: text] [possible values: text, json,
                             markdown]
      -h, --help             Print help (see more with '--help')

    Example: pg_globals explain superuser 603110

    Exit status: 0 done, 2 trouble.
    ");
    assert_snapshot!(help(&["explain", "--help"]), @"
    Explain what a finding or a check means, and what can be done

    Usage: pg_globals explain [OPTIONS] [RULE|CHECK|CODE]...

    Arguments:
      [RULE|CHECK|CODE]...  Rules or checks, as reports name them, or codes of the migration service
                            [default: a line for each]

    Options:
          --format <FORMAT>  The format of the explanation [default: text] [possible values: text, json,
                             markdown]
      -h, --help             Print help

    Example: pg_globals explain superuser 603110

    Exit status: 0 done, 2 trouble.
    ");
}

#[test]
fn of_verify() {
    assert_snapshot!(help(&["verify", "-h"]), @r#"
    Verify that everything is there after the restore; nothing is written on either side

    Usage: pg_globals verify [OPTIONS] <SOURCE> <TARGET>

    Arguments:
      <SOURCE>  A connection (postgresql://… or "key=value …") to the server that was migrated
      <TARGET>  A connection to the target

    Options:
      -h, --help  Print help (see more with '--help')

    What is compared:
          --database <NAME>   A database to be verified [default: all that the source has]
          --accept <PATTERN>  Differences that are meant, by the role that lost, gained or is to own
                              something, or by the object

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable

    Output:
          --format <FORMAT>  How it is shown: text, json, markdown, or sql, the statements that give
                             back what is missing [default: text]
      -o, --output <FILE>    Write to a file [default: standard output]
          --report <FILE>    Write a report to a file as well: JSON, or .html or .md by its name

    Example: pg_globals verify postgresql://postgres@old/postgres postgresql://azadmin@new/postgres

    Exit status: 0 when it is complete, 1 when something is missing or could not be seen, 2 for trouble.
    "#);
    assert_snapshot!(help(&["verify", "--help"]), @r#"
    Verify that everything is there after the restore; nothing is written on either side.

    The last command of a migration: whether the roles and other globals have arrived, and what each
    role lost or gained in the databases: owners, privileges of all objects, default privileges, row
    security. What roles lose that are not carried over is told apart.

    Usage: pg_globals verify [OPTIONS] <SOURCE> <TARGET>

    Arguments:
      <SOURCE>  A connection (postgresql://… or "key=value …") to the server that was migrated
      <TARGET>  A connection to the target

    Options:
      -h, --help  Print help

    What is compared:
          --database <NAME>           A database to be verified [default: all that the source has]
          --map-role <SOURCE=TARGET>  What --map-role of the copy was. Repeatable
          --accept <PATTERN>          Differences that are meant, by the role that lost, gained or is to
                                      own something, or by the object

    Which roles:
          --only <PATTERN>     Only roles whose whole name matches; *, ? and [..] are known. Repeatable
          --exclude <PATTERN>  No roles whose name matches. Repeatable
          --rename <OLD=NEW>   Give a role of the source another name. Repeatable

    Output:
          --format <FORMAT>  How it is shown: text, json, markdown, or sql, the statements that give
                             back what is missing [default: text]
      -o, --output <FILE>    Write to a file [default: standard output]
          --report <FILE>    Write a report to a file as well: JSON, or .html or .md by its name

    Example: pg_globals verify postgresql://postgres@old/postgres postgresql://azadmin@new/postgres

    Exit status: 0 when it is complete, 1 when something is missing or could not be seen, 2 for trouble.
    "#);
}

#[test]
fn of_check() {
    assert_snapshot!(help(&["check", "-h"]), @r#"
    Check the migration's other prerequisites; nothing is written on either side

    Usage: pg_globals check [OPTIONS] [SOURCE] [TARGET]

    Arguments:
      [SOURCE]  A connection (postgresql://… or "key=value …") to the server that is migrated
      [TARGET]  A connection to the target, as the role that will migrate

    Options:
      -h, --help  Print help (see more with '--help')

    What az tells:
          --azure                    Ask az about the target, by the name of its host: all of the
                                     following that no file is given for
          --azure-server <FILE>      What az postgres flexible-server show -o json wrote, or -
          --azure-replicas <FILE>    What az postgres flexible-server replica list -o json wrote, or -
          --azure-parameters <FILE>  What az postgres flexible-server parameter list -o json wrote, or -
          --azure-skus <FILE>        What az postgres flexible-server list-skus -o json wrote, or -
          --azure-migration <FILE>   What az postgres flexible-server migration show -o json wrote of a
                                     validation, or -

    What aws tells:
          --aws                    Ask aws about the source, by the name of its host: all of the
                                   following that no file is given for
          --aws-cluster <FILE>     What aws rds describe-db-clusters wrote, or -
          --aws-instances <FILE>   What aws rds describe-db-instances wrote, or -
          --aws-parameters <FILE>  What aws rds describe-db-cluster-parameters or describe-db-parameters
                                   wrote, or -. Repeatable

    What is checked:
          --database <NAME>    A database to be migrated [default: all that accept connections]
          --only <CHECK>       Only this check. Repeatable
          --skip <CHECK>       Not this check. Repeatable
          --exclude <PATTERN>  What --exclude of the copy will be: roles that stay behind. Repeatable
          --online             What the online migration needs, too
          --method <METHOD>    How the databases get there: pg_dump or service [default: both; each line
                               says which it concerns]

    Output:
          --list                   List the checks
          --all                    List what succeeded, too, and what was looked at
          --migration-json <FILE>  Write what the migration service wants to know to FILE (mode 0600),
                                   without passwords
          --report <FILE>          Write a report to a file as well: JSON, or .html or .md by its name
          --format <FORMAT>        The format of what is printed: text, json or markdown [default: text]

    Example: pg_globals check postgresql://postgres@old/postgres postgresql://azadmin@new/postgres

    Exit status: 0 when nothing failed, 1 when something did, 2 for trouble, such as a server that could
    not be read.
    "#);
    assert_snapshot!(help(&["check", "--help"]), @r#"
    Check the migration's other prerequisites; nothing is written on either side.

    What must hold before a migration to Azure Database for PostgreSQL flexible server starts: versions,
    network, extensions, server parameters, roles, high availability, and what the databases have that
    the migration service does not bring. Each line says what was looked at, what was found, and what
    mends it.

    Usage: pg_globals check [OPTIONS] [SOURCE] [TARGET]

    Arguments:
      [SOURCE]  A connection (postgresql://… or "key=value …") to the server that is migrated
      [TARGET]  A connection to the target, as the role that will migrate

    Options:
      -h, --help  Print help

    What az tells:
          --azure                    Ask az about the target, by the name of its host: all of the
                                     following that no file is given for
          --azure-server <FILE>      What az postgres flexible-server show -o json wrote, or -
          --azure-replicas <FILE>    What az postgres flexible-server replica list -o json wrote, or -
          --azure-parameters <FILE>  What az postgres flexible-server parameter list -o json wrote, or -
          --azure-skus <FILE>        What az postgres flexible-server list-skus -o json wrote, or -
          --azure-migration <FILE>   What az postgres flexible-server migration show -o json wrote of a
                                     validation, or -

    What aws tells:
          --aws                    Ask aws about the source, by the name of its host: all of the
                                   following that no file is given for
          --aws-cluster <FILE>     What aws rds describe-db-clusters wrote, or -
          --aws-instances <FILE>   What aws rds describe-db-instances wrote, or -
          --aws-parameters <FILE>  What aws rds describe-db-cluster-parameters or describe-db-parameters
                                   wrote, or -. Repeatable

    What is checked:
          --database <NAME>           A database to be migrated [default: all that accept connections]
          --only <CHECK>              Only this check. Repeatable
          --skip <CHECK>              Not this check. Repeatable
          --exclude <PATTERN>         What --exclude of the copy will be: roles that stay behind.
                                      Repeatable
          --rename <OLD=NEW>          What --rename of the copy will be. Repeatable
          --map-role <SOURCE=TARGET>  What --map-role of the copy will be. Repeatable
          --online                    What the online migration needs, too
          --method <METHOD>           How the databases get there: pg_dump or service [default: both;
                                      each line says which it concerns]
          --source-platform <NAME>    The platform of the source [default: recognised by its roles]

    Output:
          --list                   List the checks
          --all                    List what succeeded, too, and what was looked at
          --migration-json <FILE>  Write what the migration service wants to know to FILE (mode 0600),
                                   without passwords
          --report <FILE>          Write a report to a file as well: JSON, or .html or .md by its name
          --format <FORMAT>        The format of what is printed: text, json or markdown [default: text]

    Example: pg_globals check postgresql://postgres@old/postgres postgresql://azadmin@new/postgres

    Exit status: 0 when nothing failed, 1 when something did, 2 for trouble, such as a server that could
    not be read.
    "#);
}

#[test]
fn of_the_small_commands() {
    assert_snapshot!(help(&["completions", "--help"]), @"
    Print completions for a shell: commands, options, platforms, rules and checks

    Usage: pg_globals completions <SHELL>

    Arguments:
      <SHELL>  The shell [possible values: bash, elvish, fish, powershell, zsh]

    Options:
      -h, --help  Print help

    Example: pg_globals completions bash > ~/.local/share/bash-completion/completions/pg_globals

    Exit status: 0 done, 2 trouble.
    ");
    assert_snapshot!(help(&["man", "--help"]), @"
    Print the manual page, or write those of all commands to a directory

    Usage: pg_globals man [DIRECTORY]

    Arguments:
      [DIRECTORY]  A directory; each command gets a page of its own in it

    Options:
      -h, --help  Print help

    Example: pg_globals man ~/.local/share/man/man1

    Exit status: 0 done, 2 trouble.
    ");
}
