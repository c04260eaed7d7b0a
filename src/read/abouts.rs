//! What reading says of a source as a whole.

#![expect(missing_docs, reason = "each of them says itself what it is")]

use crate::finding::{About, Severity};

/// All of it.
pub const ALL: [&About; 3] = [&NOT_IN_DUMP, &PG_DUMPALL_WARNING, &ONE_READER];

pub const NOT_IN_DUMP: About = About {
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
};

pub const PG_DUMPALL_WARNING: About = About {
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
};

pub const ONE_READER: About = About {
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
};
