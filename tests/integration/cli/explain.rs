//! `pg_globals explain`.

use insta::assert_snapshot;

use crate::support::command::{Run, visible};
use crate::support::schema;

fn explain(args: &str) -> String {
    let done = Run::new(["explain"].into_iter().chain(args.split_whitespace())).done();
    assert_eq!(done.stderr, "");
    for line in done.stdout.split('\n').filter(|line| line.contains(' ')) {
        assert!(line.chars().count() <= 80 || args.is_empty() || args.contains("json"), "{line}");
    }
    done.stdout
}

#[test]
fn a_rule() {
    assert_snapshot!(explain("superuser"), @"
    warning: superuser
    the target's administrator cannot make superusers

    Up to 15, PostgreSQL says `must be superuser to create superusers`. Since 16 it
    says `permission denied to create role`, with the detail `Only roles with the
    SUPERUSER attribute may create roles with the SUPERUSER attribute`. In ALTER
    ROLE even the word NOSUPERUSER is refused, and the whole statement with it,
    LOGIN and PASSWORD included: that is why a dump that is replayed as it stands
    leaves roles that cannot log in.

    Only this attribute is taken out. The role keeps its other attributes, its
    password and its memberships.

    What to do: grant what the role needs, or give it the platform's administrator
    role with --map-role SUPERUSER=…
    ");
    assert_snapshot!(explain("empty-search-path"), @"
    info: empty-search-path
    an empty search_path is written as '', which finds as little

    For an empty list pg_dumpall before 19 writes SET search_path TO and nothing
    behind it, which is a syntax error on every server. '' is a list with one name
    that no schema can have, so that the role finds pg_catalog and nothing else, as
    it did. Nothing needs to be done.

    What to do: nothing
    ");
}

#[test]
fn a_check() {
    assert_snapshot!(explain("replication-user"), @"
    check: replication-user
    the role on the source may replicate, and publish the tables

    A role reads the changes of others only with REPLICATION: `must be superuser or
    replication role to use replication slots`, up to 15, and since 16 `permission
    denied to use replication slots`. On AWS nobody can give that attribute, and
    membership in rds_replication stands for it. What is followed is a publication:
    creating it takes CREATE on the database (`permission denied for database …`),
    and it takes only tables of which the role is the owner, or a member of the
    owner (`must be owner of table …`). Only the online migration needs all of this,
    so take it back afterwards.

    Looks at: the connected role of the source
    Codes of the migration service: 603104
    For the online migration only: --online
    ");
}

#[test]
fn everything() {
    assert_snapshot!(explain(""), @"
    Findings of convert, copy and diff:
      truncated                error:   the dump is truncated: whatever stood behind its end is not carried over
      unknown-statement        error:   statements that are not understood are left out, as --drop-unknown asks
      unknown-clause           warning: clauses that PostgreSQL does not have are left out, as --drop-unknown asks
      object-privilege         warning: privileges on objects in databases are not among the globals, and left out as --drop-unknown asks
      database-statement       info:    statements about databases are not among the globals and are left out
      superseded               info:    a later statement of the dump replaces what this one says
      depends-on-version       warning: the statements give less before 16 or since 16, and do not tell which the source is
      drop                     info:    DROP statements of the dump are never carried over
      no-effect                info:    the statement changes nothing that is carried over
      owner-privilege          warning: what owners have from the start is not taken from them
      truncated-name           warning: names are cut to 63 bytes, as every server does
      no-time-zone             warning: a time without a zone is taken for UTC: a server would take its session's
      assumed-role             warning: the dump alters roles that it does not create
      missing-attributes       error:   the dump creates roles without saying whether they log in, with which password, and what else they may
      own-grant                info:    what a script grants to the role that replays it is left out
      not-in-dump              info:    pg_dumpall leaves some settings out
      pg_dumpall-warning       warning: pg_dumpall said something while it read the server
      one-reader               info:    the source was read from its catalogs alone: no pg_dumpall confirms it
      selection                info:    left out by --only, --exclude or --database
      unused-pattern           warning: a pattern of --only or --exclude matches no role, or --map-role names one that has no members
      rename                   info:    renamed by --rename
      rename-md5               error:   an md5 verifier is salted with the role's name, and does not survive a new one
      map-role                 warning: granted instead of what the source had, as --map-role asks
      skip                     info:    left out by --skip
      platform-role            info:    roles that the source's platform made for itself stay there
      lookalike                warning: the name looks like one of the platform's own, but is not known to be one
      reserved-name            error:   the target does not take a role of this name
      protected-role           error:   the target has a role of this name that is never altered, granted or joined
      collision                error:   the target's platform has a role of this name, which is never touched
      platform-name            warning: managed platforms have a role of this name for themselves, and the dump does not show whether this is one
      template-name            warning: the name looks like a template that was not filled in
      superuser                warning: the target's administrator cannot make superusers
      replication              warning: the target's administrator cannot give REPLICATION
      bypassrls                warning: the target's administrator cannot give BYPASSRLS: row security policies will apply to the role
      createdb                 warning: the target's administrator cannot give CREATEDB
      createrole               warning: the target's administrator cannot give CREATEROLE
      wider-createrole         error:   since 16 CREATEROLE reaches the roles on which its holder has the ADMIN option; before 16 every role but superusers
      createrole-power         warning: before 16 a role with CREATEROLE alters and grants every role but superusers; since 16 only those on which it has the ADMIN option
      omitted-password         warning: passwords are left out by --passwords omit
      passwords-from           info:    passwords were taken from the file of --passwords-from
      passwords-from-unused    info:    passwords of the file of --passwords-from that were not needed
      generated-password       warning: the old password could not be read: a new one was made
      plain-password           warning: the target is not known to take verifiers: passwords go to it as plain text
      no-password              error:   login roles arrive without a password
      unseen-password          error:   neither side shows a password of the role, which the target has: whether it can log in there is not known
      kept-password            info:    the source does not show the password of the role, and the target has the role: its password there stays
      malformed-verifier       error:   the password looks like a verifier and is none: the server would take the text itself for the password
      masked-password          error:   the password is a mask or a template that was not filled in: the text itself would become the password
      plaintext-password       warning: the source has the password as plaintext
      md5-verifier             error:   md5 verifiers are deprecated, and not every server accepts them
      scram-verifier           error:   the target is not known to accept verifiers made elsewhere
      expired                  warning: VALID UNTIL lies in the past: the role cannot log in with its password
      expires-soon             info:    VALID UNTIL is near, and since 19 the server warns at each login
      frozen                   warning: the role is locked on the source (NOLOGIN, limit 0 or read-only), and will be locked on the target, too
      external-authentication  error:   the role authenticates through the source's platform, which the target does not have
      dropped-role             warning: it belongs to a role that is not carried over
      unknown-role             warning: a role is named that is not among the globals
      predefined-role          warning: the target's administrator cannot grant this role, or the target does not have it
      membership-cycle         error:   no server lets a role be a member of itself, through others either
      grantor                  info:    GRANTED BY is left out: the role that runs the script becomes the grantor
      united-grants            info:    grants of one membership by several grantors are one grant now, with all their options
      membership-option        error:   before 16 a membership cannot be without INHERIT or SET: it would be wider than it was
      widened-membership       warning: --widen: before 16 a membership cannot be without INHERIT or SET, and becomes wider than it was
      setting                  warning: the target does not let its administrator give this setting to a role
      setting-value            warning: the target's version does not take this value for the setting
      source-setting           warning: only the source's platform knows this setting
      global-setting           warning: only a superuser may set something for every role in every database
      all-setting              warning: what is set for all roles changes the administrator's own sessions, too
      allowed-all-setting      warning: --allow-all-settings: each session of the target will have it, the administrator's own too
      library-setting          error:   it names files of the source's server, and where one is missing nobody can log in
      database-setting         info:    settings in one database wait for it: where it is missing, the script says so and goes on
      role-setting             warning: every session of the role would begin as a role that is not carried over
      tablespace-setting       warning: the setting names a tablespace that is not carried over: each session would begin with a warning
      client-encoding          error:   nobody can log in where the client's encoding is not converted into the database's
      empty-search-path        info:    an empty search_path is written as '', which finds as little
      parameter                warning: who replays may not grant this privilege on a configuration parameter, or not as it was granted
      tablespace               warning: the target does not take tablespaces of one's own
      grant-option             info:    the grantor has the privilege no more, or not with the grant option: whoever replays it becomes the grantor
      security-label           warning: the target does not have the label's provider
      existing                 info:    the target has the role, and --existing skip leaves it as it is
      missing-database         info:    settings in one database wait for it
      database-owner           warning: only the owner of a database may give it settings
      freeze                   warning: the source's role is frozen, as roles are for a migration; on the target it would be shut out
      weaker-verifier          warning: the role has a SCRAM-SHA-256 verifier on the target, and an md5 one on the source: its password on the target stays
      alter-attribute          warning: in ALTER ROLE the mere mention of some attributes takes a superuser, or since 16 a role that has them
      not-revocable            warning: since 16 a membership is revoked by its grantor only, after all that its member has granted on; privileges on parameters by their grantor or a superuser, after what was granted on, too
      reset-setting            warning: the target does not let its administrator take this setting away from a role
      missing-admin            error:   since 16 roles are altered and granted only by those who have the ADMIN option on them
      circle                   error:   no server lets a role be a member of itself: on the target it is the other way round
      locks                    error:   comments and settings, and since 16 grants and the creation of roles, hold one lock for each role until the transaction ends, and all must fit into the server's lock table
      existing-role            error:   the target has these roles, and --existing fail allows none
      unverifiable             warning: the target does not show its verifiers, so that they cannot be compared; they are not sent again
      hidden-password          warning: the target does not show whether these login roles have a password there; none is sent again, and a role that has none cannot log in
      wider-role               warning: the source's members join a role that has more on the target than on the source
      refused                  warning: the target refuses it
      remaining                error:   it was sent, and the target is still different
      kept-statements          warning: the target keeps the text of statements, and so verifiers, where others may read them
      newer-source             warning: the source is newer than the target, which is not how databases are moved
      direction                warning: the target already has what the source has, and more: it could be the other way round
      owners                   info:    to restore what other roles own, the connected role has to be a member of each, with SET and INHERIT
      dropped-owner            error:   roles that are not carried over own something on the source: restoring it will say that the role does not exist
      no-stand-in              error:   databases name a role by a name that the target will not have, and no stand-in can take its place: restoring them says that the role does not exist
      restored                 info:    roles own and were granted on the target nearly all that they own and were granted on the source: the database is taken for restored, and what restoring it would lose is not said again
      lost-grants              error:   roles that are not carried over are named by grants, default privileges or policies: where one of them is missing, restoring loses all of it, what other roles have included
      regranted                error:   privileges that another role than the owner has granted are not restored by an administrator who is no superuser, and all other grants on the object are lost with them
      unread-database          warning: a database of the source could not be read: which of its objects name roles that are not carried over is unknown
      schema-owner             error:   roles own objects in schemas of other roles: restoring cannot give the objects to them, since privileges on schemas come last
      namesake                 error:   the target has a role by the name of one that is not carried over, and a role can use it that cannot use the source's: restored objects give it what they gave to the source's
      taken-name               error:   the name of an ordinary role of the source is that of an administrator, or of a role of the platform, on the target: restored objects give it what they give to the source's role
      lost-through             error:   roles lose what they have through a role that is not carried over
      still-frozen             error:   the role is shut out on the target, and not on the source: what the target has beyond the source stays
      outsider                 error:   on the target the role has a member that it does not have on the source, and that has all that the role has

    Checks:
      source-version           the source is PostgreSQL 9.5 or later, and no newer than the target
      target-server            the target is a flexible server, ready, and takes writes
      target-user              the role on the target is a member of azure_pg_admin, with CREATEROLE and pg_signal_backend
      compute                  the target's SKU matches the size of the source
      storage                  the target's storage is at least 1.25 times the size of the source's databases
      network                  both servers can be reached from here, with TLS and a password; what can be seen of the way between them
      service-validation       what the migration service's own validation said, beside the other checks
      extensions               the target offers the databases' extensions, and is set up to create them
      server-parameters        the target's parameters are as the source's, where a difference matters
      connection-limits        as many connections fit on the target as the source has, and as each of its roles and databases may have
      roles                    roles and memberships are on the target, or what copying them would do
      high-availability        high availability of the target is off until the migration is done
      read-replicas            the target has no read replicas until the migration is done
      databases                the databases are on the source, and absent or empty on the target
      database-properties      owner, connection limit, privileges and settings of the databases are on the target
      source-user              the role on the source owns the databases, and reads everything in them
      locales                  the target has the locales of the databases, for their encodings
      collations               the target has the collations of columns and domains, and none was made by users
      casts                    no cast was made by users
      text-search              no text search parser or template was made by users
      search-paths             functions that run while data is loaded find what they name
      reg-columns              no column's values name objects that a restore creates later
      version-leap             nothing is used that the target's version has done away with
      superuser-objects        no superuser owns anything, and nothing takes one to create
      function-settings        functions set only parameters that the target lets its administrator set
      aws-calls                no function's text calls what only AWS has
      lock-table               the lock table has room for all tables of a database
      tablespaces              everything is in the default tablespace
      catalog-privileges       nobody was granted privileges on system functions, nor on pg_authid, pg_shadow and others that are closed on the target
      large-objects            there are no large objects, which the migration service can be told to leave out
      event-triggers           there are no event triggers, which take a superuser to create
      languages                the target offers the languages of functions
      dependents               nothing depends on extensions that the target does not offer
      with-oids                no table is WITH OIDS, which are no more since 12
      foreign-servers          there are no foreign servers, which the target would have to reach
      publications             there are no publications and subscriptions, which the migration service does not bring
      logical-replication      the source's changes can be followed: wal_level, slots and senders
      replication-user         the role on the source may replicate, and publish the tables
      replica-identity         every table has a primary key or another replica identity
      local-temporary          the target keeps no temporary tablespace on its local disk during the migration
    ");
}

#[test]
fn a_misspelt_name() {
    assert_snapshot!(Run::new(["explain", "supruser"]).fails(), @"
    error: invalid value 'supruser' for '[RULE|CHECK|CODE]...'

      tip: a similar value exists: 'superuser'

    For more information, try '--help'.
    ");
    assert_snapshot!(Run::new(["explain", "xyz"]).fails(), @"
    error: invalid value 'xyz' for '[RULE|CHECK|CODE]...'

    For more information, try '--help'.
    ");
    // Case does not count.
    assert_eq!(explain("SUPERUSER"), explain("superuser"));
}

#[test]
fn in_colours() {
    let run = Run::new(["explain", "superuser"]).env("CLICOLOR_FORCE", "1");
    let first = visible(&run.done().stdout);
    assert_snapshot!(first.split('\n').next().unwrap(), @"␛[1m␛[33mwarning␛[0m: ␛[1msuperuser␛[0m");
}

/// As `pg_globals schema explain` says.
#[test]
fn as_json() {
    assert_snapshot!(explain("superuser --format json"), @r#"
    {
      "format_version": 1,
      "rules": [
        {
          "name": "superuser",
          "severity": "warning",
          "why": "the target's administrator cannot make superusers",
          "explanation": "Up to 15, PostgreSQL says `must be superuser to create superusers`. Since 16 it says `permission denied to create role`, with the detail `Only roles with the SUPERUSER attribute may create roles with the SUPERUSER attribute`. In ALTER ROLE even the word NOSUPERUSER is refused, and the whole statement with it, LOGIN and PASSWORD included: that is why a dump that is replayed as it stands leaves roles that cannot log in.\n\nOnly this attribute is taken out. The role keeps its other attributes, its password and its memberships.",
          "remedy": "grant what the role needs, or give it the platform's administrator role with --map-role SUPERUSER=…"
        }
      ],
      "checks": []
    }
    "#);
    assert_snapshot!(explain("replication-user --format json"), @r#"
    {
      "format_version": 1,
      "rules": [],
      "checks": [
        {
          "name": "replication-user",
          "codes": [
            "603104"
          ],
          "title": "the role on the source may replicate, and publish the tables",
          "looked_at": "the connected role of the source",
          "online": true,
          "explanation": "A role reads the changes of others only with REPLICATION: `must be superuser or replication role to use replication slots`, up to 15, and since 16 `permission denied to use replication slots`. On AWS nobody can give that attribute, and membership in rds_replication stands for it. What is followed is a publication: creating it takes CREATE on the database (`permission denied for database …`), and it takes only tables of which the role is the owner, or a member of the owner (`must be owner of table …`). Only the online migration needs all of this, so take it back afterwards."
        }
      ]
    }
    "#);
    let all = explain("--format json");
    schema::assert_valid("explain", &all);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    // What is listed is what can be explained.
    let of_kind = |kind: &str| all[kind].as_array().unwrap().iter().map(|it| it["name"].as_str());
    let list = explain("");
    let listed = list.split('\n').filter_map(|line| line.strip_prefix("  "));
    let listed: Vec<_> = listed.map(|line| line.split(' ').next()).collect();
    let names: Vec<_> = of_kind("rules").chain(of_kind("checks")).collect();
    assert_eq!(listed, names);
}

/// Several at a time, and checks by the codes of the migration service.
#[test]
fn several_and_codes() {
    let both = explain("Superuser replication-user");
    assert_eq!(both, [explain("superuser"), explain("replication-user")].join("\n"));
    // Two checks say this code.
    let code = explain("603110");
    assert_eq!(code, explain("databases source-user"));
    assert_eq!(explain("603110 databases"), code);
    let said = Run::new(["explain", "999999"]).fails();
    assert!(
        said.starts_with("error: invalid value '999999' for '[RULE|CHECK|CODE]...'\n"),
        "{said}"
    );
}
