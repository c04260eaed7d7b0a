//! Which parameters are worth what: data, and nothing else.
//!
//! No page of Azure says which parameters must match; "match server parameter values" is all that
//! the prerequisites say. These lists are this program's own judgement, from what each parameter
//! does (<https://www.postgresql.org/docs/current/runtime-config.html>).

/// How values have to compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    /// The same.
    Equal,
    /// No less on the target.
    AtLeast,
}

/// What becomes wrong without an error, or does not work at all, where these differ: the name, how
/// they have to compare, and why.
pub(super) static MUST: [(&str, Rule, &str); 14] = [
    ("standard_conforming_strings", Rule::Equal, "it says what a backslash in a string is"),
    ("backslash_quote", Rule::Equal, "it says which strings are an error"),
    ("array_nulls", Rule::Equal, "it says what NULL in an array's text is"),
    ("transform_null_equals", Rule::Equal, "it says what x = NULL is"),
    ("xmloption", Rule::Equal, "it says which texts are XML"),
    ("timezone_abbreviations", Rule::Equal, "it says which time EST is"),
    ("integer_datetimes", Rule::Equal, "it says how precise times are"),
    ("block_size", Rule::AtLeast, "it bounds rows and index entries"),
    ("max_identifier_length", Rule::AtLeast, "longer names would be cut"),
    ("max_index_keys", Rule::AtLeast, "indexes with more columns cannot be created"),
    ("max_function_args", Rule::AtLeast, "functions with more arguments cannot be created"),
    ("max_prepared_transactions", Rule::AtLeast, "PREPARE TRANSACTION fails beyond it"),
    (
        "max_locks_per_transaction",
        Rule::AtLeast,
        "restoring or dropping many tables at once needs them",
    ),
    ("track_commit_timestamp", Rule::AtLeast, "pg_xact_commit_timestamp() fails without it"),
];

/// What applications can see: a different result, error or wait. As they are written in commands.
pub(super) static APPLICATIONS: [&str; 45] = [
    "TimeZone",
    "DateStyle",
    "IntervalStyle",
    "lc_messages",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "search_path",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "default_transaction_deferrable",
    "default_with_oids",
    "default_text_search_config",
    "statement_timeout",
    "transaction_timeout",
    "lock_timeout",
    "deadlock_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "client_connection_check_interval",
    "authentication_timeout",
    "temp_file_limit",
    "row_security",
    "session_replication_role",
    "event_triggers",
    "check_function_bodies",
    "client_min_messages",
    "bytea_output",
    "extra_float_digits",
    "xmlbinary",
    "escape_string_warning",
    "operator_precedence_warning",
    "quote_all_identifiers",
    "lo_compat_privileges",
    "password_encryption",
    "md5_password_warnings",
    "scram_iterations",
    "createrole_self_grant",
    "restrict_nonsystem_relation_kind",
    "synchronous_commit",
    "session_preload_libraries",
    "gin_fuzzy_search_limit",
    "max_stack_depth",
    "max_notify_queue_pages",
    "vacuum_truncate",
];

/// What the platform manages, or what is of the session: nobody has to compare them. Those that end
/// with `*` stand for all that begin so.
pub(super) static MANAGED: [&str; 116] = [
    // Files, addresses and processes.
    "data_directory*",
    "config_file",
    "hba_file",
    "ident_file",
    "external_pid_file",
    "stats_temp_directory",
    "dynamic_library_path",
    "extension_control_path",
    "local_preload_libraries",
    "jit_provider",
    "port",
    "listen_addresses",
    "unix_socket_*",
    "bonjour*",
    "cluster_name",
    "update_process_title",
    "event_source",
    "syslog_*",
    "max_files_per_process",
    "restart_after_crash",
    "remove_temp_files_after_crash",
    "send_abort_*",
    "exit_on_error",
    "pre_auth_delay",
    "post_auth_delay",
    // Who comes in, and how.
    "ssl*",
    "krb_*",
    "gss_*",
    "oauth_*",
    "db_user_namespace",
    // Logs: where they go, and what their lines look like.
    "log_destination",
    "log_directory",
    "log_file*",
    "log_line_prefix",
    "log_rotation_*",
    "log_truncate_on_rotation",
    "log_timezone",
    "log_hostname",
    "log_replication_commands",
    "logging_collector",
    // Backups, replicas, and what crashes are survived with.
    "archive_*",
    "restore_command",
    "recovery_*",
    "primary_*",
    "promote_trigger_file",
    "hot_standby*",
    "in_hot_standby",
    "max_standby_*",
    "synchronous_standby_names",
    "synchronized_standby_slots",
    "sync_replication_slots",
    "vacuum_defer_cleanup_age",
    "wal_receiver_*",
    "wal_keep_*",
    "max_slot_wal_keep_size",
    "idle_replication_slot_timeout",
    "fsync",
    "full_page_writes",
    "wal_sync_method",
    "wal_log_hints",
    "wal_init_zero",
    "wal_recycle",
    "wal_skip_threshold",
    "wal_segment_size",
    "wal_block_size",
    "wal_consistency_checking",
    "summarize_wal",
    "wal_summary_keep_time",
    "segment_size",
    "data_checksums",
    "data_sync_retry",
    "ignore_*",
    "zero_damaged_pages",
    // Memory as the operating system has it.
    "dynamic_shared_memory_type",
    "shared_memory_*",
    "min_dynamic_shared_memory",
    "huge_page*",
    "num_os_semaphores",
    "io_method",
    "io_max_*",
    "file_copy_method",
    "file_extend_method",
    // Tablespaces: there are none but the platform's.
    "default_tablespace",
    "temp_tablespaces",
    "default_table_access_method",
    // For those who work on PostgreSQL itself.
    "debug_*",
    "trace_*",
    "allow_*",
    "backtrace_functions",
    "jit_debugging_support",
    "jit_dump_bitcode",
    "jit_profiling_support",
    "icu_validation_level",
    "seed",
    // Of this session, or of the database that it is in.
    "application_name",
    "client_encoding",
    "server_encoding",
    "server_version*",
    "lc_collate",
    "lc_ctype",
    "role",
    "session_authorization",
    "is_superuser",
    "transaction_isolation",
    "transaction_read_only",
    "transaction_deferrable",
    // Other checks look at them.
    "max_connections",
    "superuser_reserved_connections",
    "reserved_connections",
    "shared_preload_libraries",
    "wal_level",
    "max_wal_senders",
    "max_replication_slots",
    "max_active_replication_origins",
    "max_logical_replication_workers",
    // The target's own platform.
    "azure.*",
];

/// What exists on the platform of a source only.
pub(super) static PLATFORMS: [&str; 8] = [
    "rds.*",
    "apg_*",
    "aurora_*",
    "babelfish*",
    "cloudsql.*",
    "alloydb.*",
    "neon.*",
    "supautils.*",
];

/// What depends on the machine, and whose value on the source is no advice for the target.
pub(super) static MACHINE: [&str; 12] = [
    "shared_buffers",
    "effective_cache_size",
    "wal_buffers",
    "max_wal_size",
    "min_wal_size",
    "max_worker_processes",
    "max_parallel_*",
    "autovacuum_max_workers",
    "autovacuum_worker_slots",
    "io_workers",
    "*_io_concurrency",
    "*_buffers",
];

/// What nobody can set on a flexible server, by the pages of its documentation about the parameters
/// of version 17 (`param-17-*`): where neither the server nor az says it.
pub(super) static READ_ONLY: [&str; 9] = [
    "authentication_timeout",
    "scram_iterations",
    "createrole_self_grant",
    "default_toast_compression",
    "restrict_nonsystem_relation_kind",
    "synchronous_commit",
    "local_preload_libraries",
    "max_stack_depth",
    "io_combine_limit",
];

/// Whether a pattern of these stands for a name in lower case.
pub(super) fn has(patterns: &[&str], name: &str) -> bool {
    patterns.iter().any(|pattern| {
        if let Some(start) = pattern.strip_suffix('*') {
            name.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start))
        } else if let Some(end) = pattern.strip_prefix('*') {
            name.ends_with(end)
        } else {
            pattern.eq_ignore_ascii_case(name)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = include_str!("../../../platform/data/settings.tsv");

    fn known() -> Vec<String> {
        let names = KNOWN.split('\n').filter(|line| !line.starts_with('#'));
        let names = names.filter_map(|line| line.split('\t').next());
        names.map(str::to_ascii_lowercase).collect()
    }

    /// A misspelled name would never be found out.
    #[test]
    fn every_name_is_a_parameter_of_some_version() {
        let known = known();
        let must: Vec<&str> = MUST.iter().map(|(name, ..)| *name).collect();
        // Older than the versions that were measured, or of a platform.
        let others = ["io_max_*", "azure.*", "recovery_*"];
        let all =
            must.iter().chain(&APPLICATIONS).chain(&MANAGED).chain(&MACHINE).chain(&READ_ONLY);
        for pattern in all.filter(|pattern| !others.contains(pattern)) {
            assert!(known.iter().any(|name| has(&[pattern], name)), "{pattern}");
        }
    }

    #[test]
    fn no_parameter_is_in_two_groups() {
        for name in known() {
            let must = MUST.iter().any(|(must, ..)| *must == name);
            let groups =
                [must, has(&APPLICATIONS, &name), has(&MANAGED, &name), has(&PLATFORMS, &name)];
            assert!(groups.iter().filter(|it| **it).count() < 2, "{name}");
        }
    }
}
