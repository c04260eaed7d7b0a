-- For psql, as rdsadmin: the roles of Amazon Aurora.

SELECT :SERVER_VERSION_NUM >= 140000 AS v14, :SERVER_VERSION_NUM >= 150000 AS v15,
    :SERVER_VERSION_NUM >= 170000 AS v17 \gset
SET client_min_messages = warning;

CREATE ROLE rds_superuser;
CREATE ROLE rds_replication;
CREATE ROLE rds_iam;
CREATE ROLE rds_password;
CREATE ROLE rds_ad;
\if :v17
CREATE ROLE rds_extension NOINHERIT;
CREATE ROLE rds_reserved NOINHERIT;
\endif
CREATE ROLE postgres CREATEROLE CREATEDB LOGIN VALID UNTIL 'infinity';

GRANT pg_monitor, pg_signal_backend, rds_password, rds_replication TO rds_superuser WITH ADMIN OPTION;
\if :v15
GRANT pg_checkpoint, pg_write_all_data TO rds_superuser WITH ADMIN OPTION;
\endif
\if :v17
GRANT pg_create_subscription, pg_maintain, pg_use_reserved_connections TO rds_superuser WITH ADMIN OPTION;
\endif
GRANT rds_superuser TO postgres;

-- On the real one, statement_timeout and the rest keep the platform's own sessions alive.
ALTER ROLE rdsadmin VALID UNTIL 'infinity';
ALTER ROLE rdsadmin SET "TimeZone" TO 'utc';
ALTER ROLE rdsadmin SET log_statement TO 'all';
ALTER ROLE rdsadmin SET log_min_error_statement TO 'debug5';
ALTER ROLE rdsadmin SET log_min_messages TO 'panic';
ALTER ROLE rdsadmin SET exit_on_error TO '0';
ALTER ROLE rdsadmin SET statement_timeout TO '0';
ALTER ROLE rdsadmin SET role TO 'rdsadmin';
ALTER ROLE rdsadmin SET "auto_explain.log_min_duration" TO '-1';
ALTER ROLE rdsadmin SET temp_file_limit TO '-1';
ALTER ROLE rdsadmin SET search_path TO 'pg_catalog', 'public';
ALTER ROLE rdsadmin SET "pg_hint_plan.enable_hint" TO 'off';
ALTER ROLE rdsadmin SET default_transaction_read_only TO 'off';
\if :v15
ALTER ROLE rdsadmin SET synchronous_commit TO 'local';
ALTER ROLE rdsadmin SET default_tablespace TO '';
ALTER ROLE rdsadmin SET stats_fetch_consistency TO 'snapshot';
\endif
\if :v17
ALTER ROLE rdsadmin SET idle_session_timeout TO '0';
ALTER ROLE rdsadmin SET transaction_timeout TO '0';
ALTER ROLE rdsadmin SET event_triggers TO 'on';
\endif

CREATE DATABASE rdsadmin;
REVOKE CONNECT ON DATABASE rdsadmin FROM PUBLIC;
