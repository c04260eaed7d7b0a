//! What is special about single extensions: what the migration service does not bring, what has to
//! be done by hand, and what comes nearest to what Azure does not have.

use crate::check::outcome::State;
use crate::platform::extensions::first_number;

/// An extension of a database, and what there will be of it on the target.
pub(super) struct Case<'a> {
    /// Its version on the source.
    pub(super) here: &'a str,
    /// Its version on the target, where it is known.
    pub(super) there: Option<&'a str>,
}

impl Case<'_> {
    /// Whether the first number of its version differs.
    fn leaps(&self) -> bool {
        let there = self.there.and_then(first_number);
        there.is_some_and(|there| first_number(self.here) != Some(there))
    }
}

/// What there is to say about some extensions that the target offers.
pub(super) struct Special {
    pub(super) names: &'static [&'static str],
    pub(super) state: State,
    pub(super) code: Option<&'static str>,
    pub(super) applies: fn(&Case<'_>) -> bool,
    /// Goes on after the extension's name.
    pub(super) found: &'static str,
    pub(super) remedy: &'static str,
}

const ALWAYS: fn(&Case<'_>) -> bool = |_| true;

/// By the migration service's page on extensions and the one on considerations specific to
/// extensions (`concepts-migration-extensions`, `concepts-extensions-considerations`); what these
/// extensions do on any server is their own documentation's. The code is that of extensions that the service does not support.
pub(super) static SPECIAL: [Special; 13] = [
    Special {
        names: &["timescaledb"],
        state: State::Warning,
        code: Some("603405"),
        applies: ALWAYS,
        found: "a flexible server has its Apache-2 edition only, and the service brings it offline \
                only: no compression, no continuous aggregates",
        remedy: "migrate this database offline, and see that its hypertables use nothing of the \
                 community edition; its own tables come as configuration tables",
    },
    Special {
        names: &["postgis_topology"],
        state: State::Warning,
        code: Some("603405"),
        applies: ALWAYS,
        found: "its topologies are rows of its own tables, and the sequence of their numbers begins \
                again",
        remedy: "on the target, afterwards: SELECT setval('topology.topology_id_seq', (SELECT \
                 coalesce(max(id), 1) FROM topology.topology))",
    },
    Special {
        names: &["postgis_tiger_geocoder"],
        state: State::Warning,
        code: Some("603405"),
        applies: ALWAYS,
        found: "its loader's settings are rows of its own tables",
        remedy: "afterwards compare the rows of tiger.geocode_settings and tiger.loader_* on both sides",
    },
    Special {
        names: &["postgis", "postgis_raster", "postgis_sfcgal"],
        state: State::Warning,
        code: None,
        applies: |case| case.leaps(),
        found: "another major version of PostGIS: functions were removed, and rasters have an \
                extension of their own since 3",
        remedy: "update it on the source first: SELECT postgis_extensions_upgrade()",
    },
    Special {
        names: &["postgres_fdw"],
        state: State::Warning,
        code: Some("603405"),
        applies: ALWAYS,
        found: "the service brings neither its foreign servers nor their user mappings, and can \
                refuse the database",
        remedy: "create them on the target by hand: CREATE SERVER, CREATE USER MAPPING; where the \
                 service refuses, drop it on the source or migrate this database with pg_dump",
    },
    Special {
        names: &["dblink", "oracle_fdw", "tds_fdw"],
        state: State::Warning,
        code: None,
        applies: ALWAYS,
        found: "the target will open the connections that the source opens today",
        remedy: "see that what they lead to can be reached from the target's network, and that its \
                 firewall lets the target in",
    },
    Special {
        names: &["pg_partman"],
        state: State::Failed,
        code: Some("603405"),
        applies: |case| {
            first_number(case.here).is_some_and(|it| it < 5)
                && case.there.and_then(first_number).is_some_and(|it| it >= 5)
        },
        found: "version 5 cannot read what earlier versions wrote into its tables",
        remedy: "update it to version 5 on the source first, or create the target with version 15, \
                 which has version 4",
    },
    Special {
        names: &["pg_partman"],
        state: State::Warning,
        code: Some("603405"),
        applies: ALWAYS,
        found: "its configuration is rows of its own tables, and its maintenance must rest while \
                they are copied",
        remedy: "stop its background worker and its jobs on both sides until the migration is over; \
                 afterwards compare the rows of part_config on both sides",
    },
    Special {
        names: &["pg_cron"],
        state: State::Warning,
        code: None,
        applies: ALWAYS,
        found: "its jobs are rows of cron.job, and run in the database that cron.database_name \
                names; those for other users cannot be scheduled on a flexible server",
        remedy: "stop the jobs on the source first, set cron.database_name on the target, and \
                 compare cron.job on both sides afterwards: what is missing, SELECT cron.schedule(…)",
    },
    Special {
        names: &["pg_repack"],
        state: State::Warning,
        code: None,
        applies: ALWAYS,
        found: "on a flexible server only members of azure_pg_admin can use it",
        remedy: "run pg_repack as such a member, with its option --no-superuser-check, in the \
                 version of the target",
    },
    Special {
        names: &["anon"],
        state: State::Warning,
        code: None,
        applies: ALWAYS,
        found: "its masking rules are security labels, which can be restored only where its library \
                is preloaded",
        remedy: "afterwards compare SELECT objtype, objname, label FROM pg_seclabels WHERE provider \
                 = 'anon' on both sides",
    },
    Special {
        names: &["anon"],
        state: State::Warning,
        code: None,
        applies: |case| case.leaps(),
        found: "another major version: functions and masking rules of the former one can be gone",
        remedy: "try the rules on the target before the migration",
    },
    Special {
        names: &["pglogical"],
        state: State::Warning,
        code: None,
        applies: ALWAYS,
        found: "its nodes, sets and subscriptions mean this very server",
        remedy: "drop them on the source first, or create them again on the target with its address",
    },
];

/// What comes nearest to what a flexible server does not have, and the first of these lists that
/// names an extension counts. What is certain is that Azure's table has none of these names; which of them
/// AWS has, and what comes nearest, is general knowledge.
pub(super) static COUNTERPARTS: [(&[&str], &str); 15] = [
    (&["aws_s3"], "azure_storage reads and writes files of Azure Blob Storage: other functions"),
    (&["aws_commons"], "it only serves aws_s3 and aws_lambda, and goes with them"),
    (&["aws_ml"], "azure_ai calls Azure AI services: other functions"),
    (
        &["aws_lambda"],
        "nothing calls functions from SQL there: call Azure Functions from the application",
    ),
    (&["apg_plan_mgmt"], "nothing keeps plans there: pg_hint_plan can steer single queries"),
    (&["aurora_stat_utils"], "pg_stat_statements and Query Store (azure_sys) show what runs"),
    (&["rds_tools"], "azure_roles_authtype() shows what kinds of passwords the roles have"),
    (&["pg_bigm", "pg_similarity"], "pg_trgm has similar functions and operators"),
    (
        &["mysql_fdw", "file_fdw"],
        "no such foreign data wrapper is there: load the data by other means",
    ),
    (
        &["log_fdw"],
        "the server's logs are in Azure Monitor, or downloaded with az postgres \
        flexible-server server-logs",
    ),
    (&["pg_proctab", "flow_control"], "Azure Monitor shows the machine's load"),
    (&["pg_transport"], "it copied databases between two servers of RDS: nothing needs it there"),
    (
        &["pg_tle", "plrust"],
        "extensions of one's own cannot be installed there: keep their objects as \
        plain SQL",
    ),
    (
        &[
            "plperl",
            "plperlu",
            "plpython3u",
            "plpythonu",
            "plpython2u",
            "pltcl",
            "pltclu",
            "plcoffee",
            "plls",
            "pljava",
        ],
        "rewrite its functions in PL/pgSQL, SQL, or JavaScript (plv8)",
    ),
    (
        &["babelfishpg_tsql", "babelfishpg_tds", "babelfishpg_common", "babelfishpg_money"],
        "nothing speaks T-SQL there: Azure SQL does",
    ),
];

/// What comes nearest to this extension, if anything is known of it.
pub(super) fn counterpart(name: &str) -> Option<&'static str> {
    let entry = COUNTERPARTS.iter().find(|(names, _)| names.contains(&name))?;
    Some(entry.1)
}

/// Extensions that platforms create by themselves: whoever has them did not ask for them, and the
/// target has its own.
const PLATFORMS_EXTENSIONS: [&str; 7] = [
    "azure",
    "pgaadauth",
    "pg_qs",
    "pg_availability",
    "pgms_stats",
    "pgms_wait_sampling",
    "rds_activity_stream",
];

/// Whether a platform creates this extension by itself.
pub(super) fn is_platforms_extension(name: &str) -> bool {
    PLATFORMS_EXTENSIONS.contains(&name)
}

/// Whether an extension can be nowhere but in `pg_catalog`: its control file says so.
pub(super) fn is_at_home_in_pg_catalog(name: &str) -> bool {
    const LANGUAGES: [&str; 3] = ["plperl", "plpython", "pltcl"];
    ["adminpack", "pg_cron", "plv8"].contains(&name)
        || LANGUAGES.iter().any(|language| name.starts_with(language))
}

/// Whether a platform preloads this library by itself.
pub(super) fn is_platforms_library(name: &str) -> bool {
    const BEGINNINGS: [&str; 6] = ["rdsutils", "rds_", "aurora_", "apg_", "babelfishpg_", "pgms_"];
    is_platforms_extension(name) || BEGINNINGS.iter().any(|it| name.starts_with(it))
}

/// The library that an extension needs preloaded: its background worker's, or its own.
pub(super) fn library(extension: &str) -> &str {
    if extension == "pg_partman" { "pg_partman_bgw" } else { extension }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::extensions::offered;

    /// What is offered has no counterpart; what is special is offered, or nobody would see it.
    #[test]
    fn the_tables_fit_the_documentation() {
        for (names, nearest) in &COUNTERPARTS {
            assert!(!nearest.ends_with('.'), "{nearest}");
            for name in *names {
                assert_eq!(offered(name), None, "{name}");
            }
        }
        for special in &SPECIAL {
            assert!(!special.found.ends_with('.') && !special.remedy.ends_with('.'));
            for name in special.names {
                assert!(offered(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn what_applies() {
        let found = |name: &str, here: &str, there: Option<&str>| -> Vec<State> {
            let case = Case { here, there };
            let all = SPECIAL.iter().filter(|it| it.names.contains(&name) && (it.applies)(&case));
            all.map(|it| it.state).collect()
        };
        assert_eq!(found("pg_partman", "4.7.1", Some("5.0.1")), [State::Failed, State::Warning]);
        assert_eq!(found("pg_partman", "4.7.1", Some("4.7.1")), [State::Warning]);
        assert_eq!(found("pg_partman", "5.1.0", Some("5.0.1")), [State::Warning]);
        assert_eq!(found("postgis", "2.5.5", Some("3.5.2")), [State::Warning]);
        assert_eq!(found("postgis", "3.4.0", Some("3.5.2")), []);
        assert_eq!(found("postgis", "2.5.5", None), []);
        assert_eq!(found("hstore", "1.4", Some("1.8")), []);
    }

    #[test]
    fn whose_libraries_are_whose() {
        for name in ["rdsutils", "aurora_stat_utils", "pgaadauth", "pgms_wait_sampling"] {
            assert!(is_platforms_library(name), "{name}");
        }
        for name in ["pg_cron", "pgaudit", "auto_explain"] {
            assert!(!is_platforms_library(name), "{name}");
        }
    }
}
