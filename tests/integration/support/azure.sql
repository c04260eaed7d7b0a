-- For psql, as azuresu: the roles of Azure Database for PostgreSQL flexible server.
-- Variables: :password of the administrator, :space, a directory for the tablespace.

SELECT :SERVER_VERSION_NUM >= 140000 AS v14, :SERVER_VERSION_NUM >= 150000 AS v15,
    :SERVER_VERSION_NUM >= 160000 AS v16 \gset
SET client_min_messages = warning;

CREATE ROLE azure_pg_admin;
CREATE ROLE replication LOGIN REPLICATION;
CREATE ROLE azadmin LOGIN CREATEROLE CREATEDB PASSWORD :'password';
ALTER ROLE azuresu SET search_path TO 'pg_catalog';

GRANT pg_monitor, pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables, pg_signal_backend
    TO azure_pg_admin WITH ADMIN OPTION;
\if :v14
GRANT pg_read_all_data TO azure_pg_admin WITH ADMIN OPTION;
\endif
\if :v15
GRANT pg_checkpoint TO azure_pg_admin WITH ADMIN OPTION;
\endif
\if :v16
GRANT pg_create_subscription TO azure_pg_admin WITH ADMIN OPTION;
GRANT pg_use_reserved_connections TO replication;
ALTER ROLE azadmin BYPASSRLS;
\endif
GRANT azure_pg_admin, pg_read_all_settings, pg_read_all_stats, pg_stat_scan_tables TO azadmin WITH ADMIN OPTION;

CREATE TABLESPACE temptblspace OWNER azure_pg_admin LOCATION :'space';
CREATE DATABASE azure_sys;
CREATE DATABASE azure_maintenance ALLOW_CONNECTIONS false;
\connect postgres
ALTER SCHEMA public OWNER TO azure_pg_admin;
\connect template1
ALTER SCHEMA public OWNER TO azure_pg_admin;
