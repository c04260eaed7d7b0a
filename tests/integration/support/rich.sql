-- For psql: everything that a role can have, on 10 to 18.
-- Variables: one verifier per login (:verifier_...), :space, a directory for a tablespace.

SELECT :SERVER_VERSION_NUM >= 110000 AS v11, :SERVER_VERSION_NUM >= 140000 AS v14,
    :SERVER_VERSION_NUM >= 150000 AS v15, :SERVER_VERSION_NUM >= 160000 AS v16,
    :SERVER_VERSION_NUM >= 170000 AS v17, :SERVER_VERSION_NUM >= 180000 AS v18 \gset

SET client_min_messages = warning;
SET standard_conforming_strings = on;

-- Groups
CREATE ROLE readers;
CREATE ROLE writers NOINHERIT;
CREATE ROLE app_owner CREATEDB;
CREATE ROLE auditors NOINHERIT CONNECTION LIMIT 0;

-- Logins of each kind
CREATE ROLE app LOGIN PASSWORD :'verifier_app' CONNECTION LIMIT 40;
CREATE ROLE batch LOGIN NOINHERIT PASSWORD :'verifier_batch' VALID UNTIL 'infinity';
CREATE ROLE legacy LOGIN PASSWORD :'verifier_legacy';
CREATE ROLE team_lead LOGIN CREATEROLE CREATEDB PASSWORD :'verifier_team_lead' VALID UNTIL '2099-12-31 23:59:59.123456+00';
CREATE ROLE no_password LOGIN;
CREATE ROLE expired LOGIN PASSWORD :'verifier_expired' VALID UNTIL '2001-02-03 04:05:06+00';
CREATE ROLE ancient VALID UNTIL '0044-03-15 12:00:00+00 BC';
CREATE ROLE "never" LOGIN VALID UNTIL '-infinity';
CREATE ROLE no_connections LOGIN PASSWORD :'verifier_no_connections' CONNECTION LIMIT 0;
-- A password without LOGIN is kept for later.
CREATE ROLE retired NOLOGIN PASSWORD :'verifier_retired';

-- More rights than a managed server hands out
CREATE ROLE dba SUPERUSER CREATEROLE CREATEDB LOGIN REPLICATION BYPASSRLS PASSWORD :'verifier_dba';
CREATE ROLE dba_group SUPERUSER NOINHERIT;
CREATE ROLE replicator LOGIN REPLICATION CONNECTION LIMIT 5 PASSWORD :'verifier_replicator';
CREATE ROLE exporter LOGIN BYPASSRLS PASSWORD :'verifier_exporter';
CREATE ROLE helpdesk CREATEROLE;

-- Names
CREATE ROLE "Weird ""Quotes"" it's" LOGIN PASSWORD :'verifier_quotes';
CREATE ROLE "Zoë Müller" LOGIN PASSWORD :'verifier_unicode';
CREATE ROLE "データ🐘";
CREATE ROLE "Readers";
CREATE ROLE "PUBLIC";
CREATE ROLE "new
line; CREATE ROLE evil SUPERUSER;";
CREATE ROLE "semi;colon -- dashes /* comment";
CREATE ROLE "back\slash";
CREATE ROLE " blanks 	tab ";
CREATE ROLE "$user";
CREATE ROLE "$$dollar$$";
CREATE ROLE "select";
CREATE ROLE "user" LOGIN PASSWORD :'verifier_keyword';
-- Unreserved here, reserved in a later version, or never.
CREATE ROLE "system_user";
CREATE ROLE password;
CREATE ROLE "1st";
CREATE ROLE "email@example.com" LOGIN PASSWORD :'verifier_email';
CREATE ROLE this_name_has_exactly_sixty_three_bytes_which_is_the_most_there;
CREATE ROLE "ééééééééééééééééééééééééééééééé3";

-- Databases, for settings in them
CREATE DATABASE app_db OWNER app_owner;
CREATE DATABASE "Odd ""Db""; -- x";

-- Settings
ALTER ROLE app SET search_path TO "$user", public, "Odd, Schema";
ALTER ROLE app SET work_mem TO '64MB';
ALTER ROLE app SET statement_timeout TO '30s';
ALTER ROLE app SET "DateStyle" TO 'SQL, DMY';
ALTER ROLE app SET "TimeZone" TO 'Europe/Zurich';
ALTER ROLE app SET application_name TO 'it''s a \ backslash';
ALTER ROLE app SET myapp.tenant TO '42';
ALTER ROLE app SET "MyApp.CamelCase" TO 'a
second line; DROP ROLE app;';
ALTER ROLE batch SET role TO 'app_owner';
ALTER ROLE batch SET TIME ZONE INTERVAL '+05:30' HOUR TO MINUTE;
ALTER ROLE batch SET client_encoding TO 'LATIN1';
ALTER ROLE legacy SET search_path TO '';
ALTER ROLE legacy SET bytea_output TO 'escape';
ALTER ROLE "Weird ""Quotes"" it's" SET search_path TO "Weird ""Quotes"" it's", 'it''s', "UPPER";
ALTER ROLE "Zoë Müller" SET default_transaction_read_only TO on;
ALTER ROLE auditors SET log_statement TO 'all';
ALTER ROLE auditors SET log_min_duration_statement TO 250;
ALTER ROLE auditors SET temp_tablespaces TO 'pg_default', "Odd Space";
ALTER ROLE auditors SET local_preload_libraries TO 'one', '$libdir/plugins/Two, three';
ALTER ROLE auditors SET session_replication_role TO 'replica';
ALTER ROLE "new
line; CREATE ROLE evil SUPERUSER;" SET geqo TO off;
-- A list of no elements can be had in this way only.
SELECT set_config('search_path', '', false) AS nothing \gset
ALTER ROLE "1st" SET search_path FROM CURRENT;
RESET search_path;

-- Settings that pg_dumpall leaves out
ALTER ROLE app IN DATABASE app_db SET work_mem TO '128MB';
ALTER ROLE app IN DATABASE "Odd ""Db""; -- x" SET search_path TO app, "$user";
ALTER ROLE "Weird ""Quotes"" it's" IN DATABASE app_db SET myapp.tenant TO 'it''s 7';
ALTER ROLE auditors IN DATABASE app_db SET log_statement TO 'ddl';
ALTER ROLE ALL IN DATABASE app_db SET lock_timeout TO '10s';
ALTER ROLE ALL SET idle_in_transaction_session_timeout TO '1h';

-- Memberships: a chain, a name of each kind, grantors
GRANT readers TO writers;
GRANT writers TO app_owner;
GRANT app_owner TO team_lead WITH ADMIN OPTION;
GRANT readers TO team_lead WITH ADMIN OPTION;
GRANT writers TO app, batch, "Weird ""Quotes"" it's";
GRANT readers TO "Zoë Müller", "データ🐘", "PUBLIC", "$user";
GRANT "Readers" TO readers;
GRANT "Weird ""Quotes"" it's" TO "new
line; CREATE ROLE evil SUPERUSER;";
GRANT "ééééééééééééééééééééééééééééééé3" TO this_name_has_exactly_sixty_three_bytes_which_is_the_most_there;
GRANT dba_group TO team_lead;
GRANT dba TO dba_group;
SET SESSION AUTHORIZATION team_lead;
GRANT readers TO legacy;
GRANT readers TO exporter WITH ADMIN OPTION;
GRANT app_owner TO exporter;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION exporter;
GRANT readers TO "email@example.com";
RESET SESSION AUTHORIZATION;

GRANT pg_monitor TO auditors;
GRANT pg_signal_backend TO team_lead WITH ADMIN OPTION;
GRANT readers TO pg_monitor;
\if :v11
GRANT pg_read_server_files, pg_execute_server_program TO batch;
\endif
\if :v14
GRANT pg_read_all_data TO readers;
GRANT pg_write_all_data TO writers;
\endif
\if :v15
GRANT pg_checkpoint TO team_lead;
\endif
\if :v16
GRANT pg_create_subscription TO replicator;
GRANT app_owner TO replicator WITH INHERIT FALSE;
GRANT readers TO replicator WITH SET FALSE;
GRANT writers TO replicator WITH ADMIN OPTION, INHERIT FALSE, SET FALSE;
-- Of two grantors, with options of their own.
GRANT readers TO "user" WITH INHERIT TRUE, SET FALSE GRANTED BY team_lead;
GRANT readers TO "user" WITH INHERIT FALSE, SET TRUE GRANTED BY exporter;
GRANT readers TO "user" WITH ADMIN OPTION;
\endif
\if :v17
GRANT pg_maintain TO app_owner;
\endif
\if :v18
GRANT pg_signal_autovacuum_worker TO team_lead;
\endif

-- Comments
COMMENT ON ROLE readers IS 'reads; see -- and /* this';
COMMENT ON ROLE writers IS 'line one
CREATE ROLE evil SUPERUSER;
-- line three';
COMMENT ON ROLE app IS 'it''s a \back\slash, "quoted", $$dollar$$, Zoë 🐘';
COMMENT ON ROLE "new
line; CREATE ROLE evil SUPERUSER;" IS '\connect postgres
\! echo evil';
COMMENT ON ROLE "back\slash" IS ' ';

-- Privileges on parameters
\if :v15
GRANT SET ON PARAMETER log_statement TO auditors;
GRANT SET, ALTER SYSTEM ON PARAMETER log_min_duration_statement TO team_lead WITH GRANT OPTION;
GRANT SET ON PARAMETER "MyApp.CamelCase" TO PUBLIC;
GRANT ALTER SYSTEM ON PARAMETER work_mem TO "Weird ""Quotes"" it's";
SET SESSION AUTHORIZATION team_lead;
GRANT SET ON PARAMETER log_min_duration_statement TO legacy;
RESET SESSION AUTHORIZATION;
\endif

-- A tablespace
CREATE TABLESPACE "Odd Space" OWNER app_owner LOCATION :'space';
ALTER TABLESPACE "Odd Space" SET (random_page_cost = 1.1, seq_page_cost = 0.5);
GRANT CREATE ON TABLESPACE "Odd Space" TO writers;
GRANT CREATE ON TABLESPACE "Odd Space" TO team_lead WITH GRANT OPTION;
SET SESSION AUTHORIZATION team_lead;
GRANT CREATE ON TABLESPACE "Odd Space" TO legacy;
RESET SESSION AUTHORIZATION;
COMMENT ON TABLESPACE "Odd Space" IS 'fast;
-- they say';
