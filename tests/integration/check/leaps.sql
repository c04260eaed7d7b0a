-- One object for each way to use what a later version does not have: t_ where a restore fails, o_ where it does not,
-- w_ where it may end with something else.
CREATE EXTENSION hstore; CREATE EXTENSION pg_stat_statements;
CREATE VIEW t_postfix AS SELECT 5 ! AS a;
CREATE VIEW t_factorial AS SELECT !! 5 AS a;
CREATE VIEW t_box AS SELECT box '(1,1),(2,2)' ~ box '(1,1),(2,2)' AS a;
CREATE VIEW t_contained AS SELECT point '(1,1)' @ box '(1,1),(2,2)' AS a;
CREATE VIEW t_backup AS SELECT pg_is_in_backup() AS a;
CREATE VIEW t_start AS SELECT pg_start_backup('x', true, false) AS a;
CREATE VIEW t_stop AS SELECT lsn FROM pg_stop_backup(false, true);
CREATE MATERIALIZED VIEW t_materialized AS SELECT numeric_fac(5) AS a;
CREATE TABLE t_check (a int CHECK (numeric_fac(a) > 0));
CREATE TABLE t_default (a boolean DEFAULT pg_is_in_backup());
CREATE TABLE t_index (p point); CREATE INDEX t_index_i ON t_index USING gist (p) WHERE p @ box '(1,1),(2,2)';
CREATE TABLE t_policy (a int); CREATE POLICY p ON t_policy USING (NOT pg_is_in_backup());
CREATE TABLE t_trigger (a int); CREATE TRIGGER t BEFORE UPDATE ON t_trigger FOR EACH ROW WHEN (NOT pg_is_in_backup()) EXECUTE PROCEDURE suppress_redundant_updates_trigger();
CREATE TABLE t_rule (a int); CREATE RULE r AS ON INSERT TO t_rule WHERE pg_is_in_backup() DO INSTEAD NOTHING;
CREATE TABLE t_partition (a int) PARTITION BY LIST ((a::bigint !));
CREATE FUNCTION t_argument(a numeric DEFAULT 5 !) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION t_dated(a abstime) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION t_returned() RETURNS SETOF tinterval LANGUAGE sql AS 'SELECT NULL::tinterval';
CREATE VIEW t_cast AS SELECT now()::abstime::text AS a;
CREATE VIEW t_timenow AS SELECT timenow()::text AS a;
CREATE TABLE t_column (a reltime[]);
CREATE TYPE t_composite AS (a abstime);
CREATE DOMAIN t_domain AS reltime;
CREATE AGGREGATE t_aggregate(interval) (SFUNC = interval_accum, STYPE = interval[], FINALFUNC = interval_avg, INITCOND = '{0 second,0 second}');
CREATE VIEW t_hstore AS SELECT hstore 'a=>1' @ hstore 'a=>1' AS a;
CREATE TABLE t_hindex (h hstore); CREATE INDEX t_hindex_i ON t_hindex ((h ~ hstore 'a=>1'));
CREATE TYPE t_span AS RANGE (subtype = float8); CREATE TYPE t_span_multirange AS ENUM ('a');
CREATE TYPE t_float_range AS RANGE (subtype = float8); CREATE TABLE t_float_multirange (a int);
CREATE TYPE t_called AS RANGE (subtype = float8); CREATE FUNCTION t_called_multirange() RETURNS int LANGUAGE sql AS 'SELECT 1';

CREATE OPERATOR CLASS t_class FOR TYPE abstime USING btree AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btabstimecmp(abstime, abstime);
CREATE TYPE t_rangeof AS RANGE (subtype = abstime);
CREATE TABLE o_oids (a int) WITH OIDS; CREATE VIEW t_oids AS SELECT oid FROM o_oids; CREATE UNIQUE INDEX t_hidden_i ON o_oids (oid);
GRANT SELECT (adsrc) ON pg_attrdef TO PUBLIC;
CREATE VIEW o_noids AS SELECT a FROM o_oids;

CREATE FUNCTION t_json(json text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION t_out(OUT json_value int, OUT b int) LANGUAGE sql AS 'SELECT 1, 2';
CREATE AGGREGATE t_named(json text) (SFUNC = textcat, STYPE = text);
CREATE FUNCTION t_user(system_user text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE DOMAIN t_null AS text NOT NULL CONSTRAINT t_null_not_null CHECK (VALUE <> '');
CREATE OPERATOR +|+ (PROCEDURE = array_cat, LEFTARG = anyarray, RIGHTARG = anyarray);
CREATE FUNCTION t_opaque() RETURNS opaque LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE t_reads (a int); CREATE POLICY p ON t_reads USING ((SELECT checkpoints_timed FROM pg_stat_bgwriter) > a);
CREATE TABLE t_keyed (system_user text) PARTITION BY LIST (system_user);

CREATE TABLE o_keyed (system_user text PRIMARY KEY); CREATE VIEW o_reads AS SELECT system_user FROM o_keyed;
CREATE TABLE o_null (a int NOT NULL); ALTER TABLE o_null ADD CONSTRAINT o_null_a_not_null CHECK (a IS NOT NULL) NOT VALID;
CREATE TABLE o_json (json text, system_user text); CREATE FUNCTION o_words(jsons text, "values" text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE VIEW o_until AS SELECT usename, valuntil FROM pg_user WHERE valuntil < now() + interval '30 days';
CREATE VIEW o_defs AS SELECT conname, pg_get_constraintdef(oid) AS consrc FROM pg_constraint;

CREATE VIEW w_statements AS SELECT query, total_time FROM pg_stat_statements(true);
CREATE VIEW w_keywords AS SELECT word, catdesc FROM pg_get_keywords();

CREATE VIEW o_absolute AS SELECT @ 5 AS a, - 5 AS b;
CREATE VIEW o_contains AS SELECT box '(1,1),(2,2)' @> box '(1,1),(2,2)' AS a, 'a' ~ 'b' AS b, hstore 'a=>1' @> hstore 'a=>1' AS c;
CREATE VIEW o_arrays AS SELECT array_append(ARRAY[1], 2) AS a, ARRAY[1] || 2 AS b, factorial(5) AS c;
CREATE FUNCTION o_text() RETURNS boolean LANGUAGE sql AS 'SELECT pg_is_in_backup()';
CREATE TYPE o_span AS RANGE (subtype = float8); CREATE TYPE o_multirange AS ENUM ('a');
CREATE FUNCTION o_span_multirange(text, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE VIEW o_statements AS SELECT query, calls FROM pg_stat_statements;
