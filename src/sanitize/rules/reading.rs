//! What reading already says: of a dump's statements (`globals::collect`), and of how it was made.

use crate::finding::Severity;
use crate::sanitize::About;

pub(super) const ALL: [About; 12] = [
    About {
        name: "truncated",
        severity: Severity::Error,
        why: "the dump is truncated: whatever stood behind its end is not carried over",
        remedy: "make the dump again before you rely on this script",
    },
    About {
        name: "unknown-statement",
        severity: Severity::Error,
        why: "statements that are not understood are left out, as --drop-unknown asks",
        remedy: "look at each: whatever they do is not done on the target",
    },
    About {
        name: "superseded",
        severity: Severity::Info,
        why: "a later statement of the dump replaces what this one says",
        remedy: "",
    },
    About {
        name: "drop",
        severity: Severity::Info,
        why: "DROP statements of the dump are never carried over",
        remedy: "",
    },
    About {
        name: "no-effect",
        severity: Severity::Info,
        why: "the statement changes nothing that is carried over",
        remedy: "",
    },
    About {
        name: "owner-privilege",
        severity: Severity::Warning,
        why: "what owners have from the start is not taken from them",
        remedy: "revoke it on the target",
    },
    About {
        name: "truncated-name",
        severity: Severity::Warning,
        why: "names are cut to 63 bytes, as every server does",
        remedy: "",
    },
    About {
        name: "no-time-zone",
        severity: Severity::Warning,
        why: "a time without a zone is taken for UTC: a server would take its session's",
        remedy: "write the zone that is meant: 2030-01-01 00:00:00+02",
    },
    About {
        name: "not-in-dump",
        severity: Severity::Info,
        why: "pg_dumpall leaves some settings out",
        remedy: "on the source, SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting WHERE \
                 setdatabase <> 0 OR setrole = 0 shows them; pg_dumpall --schema-only, of the whole \
                 cluster, has those in databases",
    },
    About {
        name: "assumed-role",
        severity: Severity::Warning,
        why: "the dump alters roles that it does not create",
        remedy: "leave them out with --exclude where the target has them already",
    },
    About {
        name: "pg_dumpall-warning",
        severity: Severity::Warning,
        why: "pg_dumpall said something while it read the server",
        remedy: "look at what it names on the source",
    },
    About {
        name: "one-reader",
        severity: Severity::Info,
        why: "the source was read from its catalogs alone: no pg_dumpall confirms it",
        remedy: "install PostgreSQL's client programs of the source's version or later, or name one with \
                 --pg-dumpall",
    },
];
