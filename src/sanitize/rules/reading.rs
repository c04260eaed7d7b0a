//! What reading already says: of a dump's statements (`globals::collect`), and of how it was made.

use crate::finding::Severity;
use crate::sanitize::About;

pub(super) const ALL: [About; 13] = [
    About {
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
    },
    About {
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
    },
    About {
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
    },
    About {
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
    },
    About {
        name: "drop",
        severity: Severity::Info,
        why: "DROP statements of the dump are never carried over",
        explanation: "pg_dumpall --clean writes DROP ROLE, DROP TABLESPACE and DROP DATABASE in \
                      front of everything else. On the target they would take away what is in use \
                      there, or stop a script with `role \"…\" does not exist`. They are counted \
                      and left out, and what the dump creates behind them is carried over.",
        remedy: "",
    },
    About {
        name: "no-effect",
        severity: Severity::Info,
        why: "the statement changes nothing that is carried over",
        explanation: "Examples are a REVOKE of what nothing granted before it, a RESET of a \
                      setting that has no value, an ALTER ROLE without any option, the same grant \
                      a second time, and SYSID, of which every server since 8.1 only says `SYSID \
                      can no longer be specified`. Such a statement is about nothing that a \
                      globals dump shows. The message of each finding says which of these it is.",
        remedy: "",
    },
    About {
        name: "owner-privilege",
        severity: Severity::Warning,
        why: "what owners have from the start is not taken from them",
        explanation: "The owner of a tablespace may create in it without any grant. Where that was \
                      revoked on the source, the dump has a REVOKE from the owner, and it is left \
                      out: on the target the owner keeps CREATE in its tablespace. Owners can \
                      always grant such a privilege to themselves again, so that little depends on \
                      it; where it matters, run the REVOKE by hand.",
        remedy: "revoke it on the target",
    },
    About {
        name: "truncated-name",
        severity: Severity::Warning,
        why: "names are cut to 63 bytes, as every server does",
        explanation: "PostgreSQL stores 63 bytes of a name. What is longer it cuts, at the end of \
                      a character, and says so in a notice only: `identifier \"…\" will be \
                      truncated to \"…\"`. pg_dumpall never writes a longer name, so that this one \
                      was written by hand. Two long names can become one in this way; the message \
                      has what is left.",
        remedy: "",
    },
    About {
        name: "no-time-zone",
        severity: Severity::Warning,
        why: "a time without a zone is taken for UTC: a server would take its session's",
        explanation: "A server reads such a time in the zone of the session that replays the \
                      statement, and so one script lets a password expire at different moments. \
                      Here it is read as UTC and written with +00, which means the same whoever \
                      replays it. pg_dumpall always writes the zone; where there is none, the \
                      statement was written or edited by hand.",
        remedy: "write the zone that is meant: 2030-01-01 00:00:00+02",
    },
    About {
        name: "not-in-dump",
        severity: Severity::Info,
        why: "pg_dumpall leaves some settings out",
        explanation: "Since 11, pg_dumpall --globals-only leaves out what ALTER ROLE … IN DATABASE \
                      … SET has set, because these settings count as properties of the database; a \
                      dump of the whole cluster has them. What ALTER ROLE ALL SET has set is in no \
                      dump of any version. From the dump nobody can tell whether the source has \
                      any of them.\n\n\
                      A copy between running servers reads both from the catalogs, and so does \
                      convert with a connection in the place of the file.",
        remedy: "on the source, SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting WHERE \
                 setdatabase <> 0 OR setrole = 0 shows them; convert and copy read all of them from a \
                 connection, and pg_dumpall --schema-only, of the whole \
                 cluster, has those in databases",
    },
    About {
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
    },
    About {
        name: "pg_dumpall-warning",
        severity: Severity::Warning,
        why: "pg_dumpall said something while it read the server",
        explanation: "A source that is a server is read by pg_dumpall too, where there is a \
                      suitable one, and what that says on standard error without failing is passed \
                      on here. Known examples are a role name starting with \"pg_\" that is \
                      skipped, and `found orphaned pg_auth_members entry for role`: a membership \
                      of a role that is no more. What it names is usually carried over by neither \
                      reading. See on the source whether it is missed.",
        remedy: "look at what it names on the source",
    },
    About {
        name: "one-reader",
        severity: Severity::Info,
        why: "the source was read from its catalogs alone: no pg_dumpall confirms it",
        explanation: "With --reader auto a server is read twice, by the tool's own queries and by \
                      pg_dumpall, and the two must agree. One catches what the other would miss, \
                      such as an attribute of a newer version that the queries do not know. The \
                      message says why pg_dumpall was not run. Either none was found: it must be \
                      of the server's version or a later one, since an older one stops with \
                      `aborting because of server version mismatch`. Or it would take more than 5 \
                      seconds: it asks the server two questions for each role, one after the other, \
                      and each costs the time to the server and back. Or the connection leads \
                      through a pooler, where pg_dumpall would leave a session without its \
                      search_path to whoever gets it next.\n\n\
                      Nothing is left out for that: the catalogs hold all that a dump shows, and \
                      more.",
        remedy: "connected to the server itself, --reader both runs pg_dumpall however long it takes; it must \
                 be of the source's version or later, and --pg-dumpall names one that is not found",
    },
];
