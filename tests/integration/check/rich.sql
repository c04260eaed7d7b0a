-- For psql, as rdsadmin: a database with everything that the migration service does not bring.
-- Variables: :space, a directory for a tablespace.

SET client_min_messages = warning;
CREATE DATABASE rich OWNER postgres;
\connect rich
SET client_min_messages = warning;
SET search_path = public;

CREATE ROLE dba SUPERUSER;
CREATE ROLE auditor;
CREATE TABLESPACE fast LOCATION :'space';

-- By the master user
SET SESSION AUTHORIZATION postgres;
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE FUNCTION to_text(mood) RETURNS text LANGUAGE sql AS 'SELECT ''mood''::text';
CREATE TABLE keyed (id int PRIMARY KEY, name text);
CREATE TABLE "Odd, ""Table""" (a int);
CREATE UNLOGGED TABLE cache (id int PRIMARY KEY);
CREATE TABLE full_identity (a int);
ALTER TABLE full_identity REPLICA IDENTITY FULL;
CREATE TABLE by_day (day date) PARTITION BY RANGE (day);
CREATE TABLE by_day_1 PARTITION OF by_day FOR VALUES FROM ('2020-01-01') TO ('2020-01-02');
SELECT lo_create(0), lo_create(0), lo_create(0) \g /dev/null
CREATE FUNCTION notice() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE PUBLICATION changes FOR TABLE keyed;

-- By superusers
RESET SESSION AUTHORIZATION;
SET search_path = public;
CREATE SCHEMA platform;
CREATE TABLE platform.audit (a int);
CREATE TABLE platform.log (a int);
SET SESSION AUTHORIZATION dba;
SET search_path = public;
CREATE VIEW owned_by_dba AS SELECT 1 AS one;
CREATE CAST (mood AS text) WITH FUNCTION to_text(mood);
CREATE CAST (bytea AS text) WITHOUT FUNCTION;
CREATE TEXT SEARCH PARSER words (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH CONFIGURATION by_words (PARSER = words);
CREATE TEXT SEARCH TEMPLATE plain (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE internal AS 'int4pl';
CREATE FUNCTION minus(int, int) RETURNS int LANGUAGE internal AS 'int4mi';
CREATE FUNCTION tight() RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1';
CREATE EVENT TRIGGER on_start ON ddl_command_start EXECUTE FUNCTION notice();
CREATE LANGUAGE pllua HANDLER plpgsql_call_handler;
CREATE LANGUAGE plv8 HANDLER plpgsql_call_handler;
CREATE FUNCTION in_lua() RETURNS int LANGUAGE pllua AS 'x';
ALTER FUNCTION in_lua() OWNER TO postgres;
CREATE EXTENSION postgres_fdw;
CREATE SERVER "Branch" FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'branch');
CREATE USER MAPPING FOR postgres SERVER "Branch" OPTIONS (user 'u', password 'geheim');
CREATE FOREIGN TABLE stock (a int) SERVER "Branch";
CREATE FOREIGN DATA WRAPPER homemade;
CREATE SERVER files FOREIGN DATA WRAPPER homemade;
CREATE SUBSCRIPTION incoming CONNECTION 'host=branch password=geheim' PUBLICATION p WITH (connect = false, slot_name = NONE);
RESET SESSION AUTHORIZATION;

GRANT SELECT, UPDATE ON pg_catalog.pg_authid TO auditor;
GRANT SELECT (usename, passwd) ON pg_catalog.pg_shadow TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_statistic TO dba WITH GRANT OPTION;

CREATE TABLE public.t1 (a int PRIMARY KEY USING INDEX TABLESPACE fast) TABLESPACE fast;
CREATE TABLE public.t2 (a int) TABLESPACE fast;
CREATE TABLE public.t3 (a int) TABLESPACE fast;
CREATE TABLE public.t4 (a int) TABLESPACE fast;
CREATE TABLE public.t5 (a int) TABLESPACE fast;
CREATE TABLE public.t6 (a int) TABLESPACE fast;
ALTER TABLE public.t1 OWNER TO postgres;
ALTER TABLE public.t2 OWNER TO postgres;
ALTER TABLE public.t3 OWNER TO postgres;
ALTER TABLE public.t4 OWNER TO postgres;
ALTER TABLE public.t5 OWNER TO postgres;
ALTER TABLE public.t6 OWNER TO postgres;
ANALYZE pg_catalog.pg_largeobject_metadata;
