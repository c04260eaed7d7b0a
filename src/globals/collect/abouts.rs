//! What collecting says of statements.

#![expect(missing_docs, reason = "each of them says itself what it is")]

use crate::finding::{About, Severity};

/// All that nobody else says.
pub const ALL: [&About; 15] = [
    &TRUNCATED,
    &UNKNOWN_STATEMENT,
    &UNKNOWN_CLAUSE,
    &OBJECT_PRIVILEGE,
    &DATABASE_STATEMENT,
    &SUPERSEDED,
    &DEPENDS_ON_VERSION,
    &DROP,
    &NO_EFFECT,
    &OWNER_PRIVILEGE,
    &TRUNCATED_NAME,
    &NO_TIME_ZONE,
    &ASSUMED_ROLE,
    &MISSING_ATTRIBUTES,
    &OWN_GRANT,
];

pub const TRUNCATED: About = About {
    name: "truncated",
    severity: Severity::Error,
    why: "the dump is truncated: whatever stood behind its end is not carried over",
    explanation: "pg_dumpall ends what it writes with the comment `PostgreSQL database cluster \
                  dump complete`. Where that is missing, pg_dumpall or the copy of its file \
                  stopped too early: a full disk, a lost connection, a query that was refused \
                  half-way. Settings and memberships stand behind the roles, so these are lost \
                  first.\n\n\
                  Without --accept-truncated such a dump is an error and nothing is written. \
                  With it, all whole statements are used.",
    remedy: "make the dump again before you rely on this script",
};

pub const UNKNOWN_STATEMENT: About = About {
    name: "unknown-statement",
    severity: Severity::Error,
    why: "statements that are not understood are left out, as --drop-unknown asks",
    explanation: "The reader knows every statement that pg_dumpall writes for globals. \
                  Anything else in the input, such as a line that was added by hand, is an \
                  error with its line and column, because what is not understood may matter. \
                  --drop-unknown turns that error into this finding.\n\n\
                  It never covers REVOKE, ALTER, DROP, SET ROLE and SET SESSION AUTHORIZATION: \
                  without such a statement a role could end up with more rights than on the \
                  source.",
    remedy: "look at each: whatever they do is not done on the target",
};

pub const UNKNOWN_CLAUSE: About = About {
    name: "unknown-clause",
    severity: Severity::Warning,
    why: "clauses that PostgreSQL does not have are left out, as --drop-unknown asks",
    explanation: "EDB Postgres Advanced Server keeps rules for passwords in profiles: its dumps have CREATE \
                  PROFILE, and PROFILE … in ALTER ROLE. No PostgreSQL takes these, so that with \
                  --drop-unknown they are left out and the rest of the statement is carried over. ACCOUNT LOCK \
                  is never left out, since the role could log in then: NOLOGIN says it in PostgreSQL's words.",
    remedy: "make the rules anew by the means of the target",
};

pub const OBJECT_PRIVILEGE: About = About {
    name: "object-privilege",
    severity: Severity::Warning,
    why: "privileges on objects in databases are not among the globals, and left out as --drop-unknown asks",
    explanation: "Tables, schemas, functions and other objects stand in a database, and so do the privileges \
                  on them: pg_dump writes them with the objects, and pg_restore brings them. In a script that \
                  was written by hand they stand beside the roles.",
    remedy: "where the dump of the database does not bring them, run them there",
};

pub const DATABASE_STATEMENT: About = About {
    name: "database-statement",
    severity: Severity::Info,
    why: "statements about databases are not among the globals and are left out",
    explanation: "Who owns a database, who may connect to it and how many sessions it takes stands with the \
                  database: pg_dump --create writes it, and pg_restore --create brings it. pg_dumpall before 11, \
                  and scripts that were written by hand, have such statements among the roles. The databases \
                  may not be there when the roles are made, so that none of them is carried over. It is a \
                  warning where the statement takes something away, such as CONNECT from PUBLIC: until it is \
                  done, everybody has that on the target.",
    remedy: "run them on the target when the databases are there, or restore with pg_restore --create",
};

pub const SUPERSEDED: About = About {
    name: "superseded",
    severity: Severity::Info,
    why: "a later statement of the dump replaces what this one says",
    explanation: "The statements of a dump are folded into what they amount to. Of two values \
                  of one setting the last counts, and a role that is created and dropped again \
                  is not there. The earlier statement is counted as dropped, or as rewritten \
                  where the later one replaces only a part of it; nothing of what the source \
                  has is lost. It is usual in scripts written by hand and in several dumps \
                  that were put together, and rare in what pg_dumpall writes.",
    remedy: "",
};

pub const DEPENDS_ON_VERSION: About = About {
    name: "depends-on-version",
    severity: Severity::Warning,
    why: "the statements give less before 16 or since 16, and do not tell which the source is",
    explanation: "Since 16, a membership is one for each grantor: REVOKE without GRANTED BY takes back \
                  what the bootstrap superuser granted and nothing else. Whether it inherits is \
                  settled by the member's INHERIT when it is granted. Before 16 there is one \
                  membership, whoever granted it, REVOKE takes it back whatever GRANTED BY says, \
                  and the member's INHERIT counts as it is when the membership is used.\n\n\
                  pg_dumpall writes nothing that means two things. In a script that was written \
                  by hand, a REVOKE, or an ALTER ROLE … INHERIT behind a GRANT can, and of the \
                  two the one that gives less is taken. A grant WITH INHERIT or WITH SET tells \
                  that the source is 16 or later, and so does the comment that pg_dump writes.",
    remedy: "put a line in front that tells the source's version: -- Dumped from database version 15",
};

pub const DROP: About = About {
    name: "drop",
    severity: Severity::Info,
    why: "DROP statements of the dump are never carried over",
    explanation: "pg_dumpall --clean writes DROP ROLE, DROP TABLESPACE and DROP DATABASE in \
                  front of everything else. On the target they would take away what is in use \
                  there, or stop a script with `role \"…\" does not exist`. They are counted \
                  and left out, and what the dump creates behind them is carried over.",
    remedy: "",
};

pub const NO_EFFECT: About = About {
    name: "no-effect",
    severity: Severity::Info,
    why: "the statement changes nothing that is carried over",
    explanation: "Examples are a REVOKE of what nothing granted before it, a RESET of a \
                  setting that has no value, an ALTER ROLE without any option, the same grant \
                  a second time, and SYSID, of which every server since 8.1 only says `SYSID \
                  can no longer be specified`. Such a statement is about nothing that a \
                  globals dump shows. The message of each finding says which of these it is.",
    remedy: "",
};

pub const OWNER_PRIVILEGE: About = About {
    name: "owner-privilege",
    severity: Severity::Warning,
    why: "what owners have from the start is not taken from them",
    explanation: "The owner of a tablespace may create in it without any grant. Where that was \
                  revoked on the source, the dump has a REVOKE from the owner, and it is left \
                  out: on the target the owner keeps CREATE in its tablespace. Owners can \
                  always grant such a privilege to themselves again, so that little depends on \
                  it; where it matters, run the REVOKE by hand.",
    remedy: "revoke it on the target",
};

pub const TRUNCATED_NAME: About = About {
    name: "truncated-name",
    severity: Severity::Warning,
    why: "names are cut to 63 bytes, as every server does",
    explanation: "PostgreSQL stores 63 bytes of a name. What is longer it cuts, at the end of \
                  a character, and says so in a notice only: `identifier \"…\" will be \
                  truncated to \"…\"`. pg_dumpall never writes a longer name, so that this one \
                  was written by hand. Two long names can become one in this way; the message \
                  has what is left.",
    remedy: "",
};

pub const NO_TIME_ZONE: About = About {
    name: "no-time-zone",
    severity: Severity::Warning,
    why: "a time without a zone is taken for UTC: a server would take its session's",
    explanation: "A server reads such a time in the zone of the session that replays the \
                  statement, and so one script lets a password expire at different moments. \
                  Here it is read as UTC and written with +00, which means the same whoever \
                  replays it. pg_dumpall always writes the zone; where there is none, the \
                  statement was written or edited by hand.",
    remedy: "write the zone that is meant: 2030-01-01 00:00:00+02",
};

pub const ASSUMED_ROLE: About = About {
    name: "assumed-role",
    severity: Severity::Warning,
    why: "the dump alters roles that it does not create",
    explanation: "A dump of one server creates each role before it says more about it. Where \
                  something is set for a role that nothing creates, a part of the dump is \
                  missing, or was cut out because the target has the role. It is taken for a \
                  role of the source: it is created on the target, with what the dump says \
                  about it and nothing else. Without a statement that says LOGIN, it cannot \
                  log in.",
    remedy: "leave them out with --exclude where the target has them already",
};

pub const MISSING_ATTRIBUTES: About = About {
    name: "missing-attributes",
    severity: Severity::Error,
    why: "the dump creates roles without saying whether they log in, with which password, and what else they may",
    explanation: "Behind each CREATE ROLE pg_dumpall writes an ALTER ROLE … WITH with all attributes of the role and \
                  its password. Where that line is missing, somebody has taken it out: `grep -v SUPERUSER`, to be \
                  rid of NOSUPERUSER, takes the ALTER ROLE of every role with it. Such a role is created as CREATE \
                  ROLE alone does: it cannot log in, has no password, and inherits.",
    remedy: "convert the dump as pg_dumpall wrote it: what the target refuses is taken out word by word",
};

/// Also a rule of sanitizing, among which it is listed.
pub const RESERVED_NAME: About = About {
    name: "reserved-name",
    severity: Severity::Error,
    why: "the target does not take a role of this name",
    explanation: "PostgreSQL keeps names that begin with pg_ for itself, and public and none as \
                  well: `role name \"pg_…\" is reserved`, it says. Since 19 it takes no line break in a name. \
                  Some platforms keep more. The \
                  role is left out with its settings and memberships, each of which is reported by \
                  itself. Before 9.6 a role could be called pg_…, and may have the name of one that \
                  servers have themselves by now: the two have nothing to do with each other. What a \
                  dump says of PostgreSQL's own roles (ALTER ROLE, COMMENT) is left out, too; grants \
                  of them and to them stay.\n\n\
                  Azure's documentation forbids admin, root, guest and a few others for the \
                  server's administrator. Whether roles made with SQL may have these names is not \
                  confirmed, so that they are not treated as reserved.",
    remedy: "give it another with --rename",
};

pub const OWN_GRANT: About = About {
    name: "own-grant",
    severity: Severity::Info,
    why: "what a script grants to the role that replays it is left out",
    explanation: "A script of convert --for-restore grants owners and stand-ins to CURRENT_USER, for the time of \
                  the restore: whoever replays it is a member of them until the other file has been run. That \
                  is no membership of the source's, and who it is a dump does not tell.",
    remedy: "",
};
