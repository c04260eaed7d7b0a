-- One object for each way in which a function that runs while data is loaded names something: t_ where a restore
-- fails, o_ where it does not, w_ where the text does not tell.
CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION unaccent; CREATE EXTENSION earthdistance CASCADE;
CREATE SCHEMA app;
SET search_path = app, public;
CREATE TABLE lookup (k text PRIMARY KEY, n int); INSERT INTO lookup VALUES ('a', 1), ('b', 2);
CREATE TABLE spare (k text);
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE SEQUENCE seq;
CREATE COLLATION mycoll (locale = 'C');
CREATE TEXT SEARCH CONFIGURATION myconf (COPY = simple);
CREATE FUNCTION helper(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT true $$;
CREATE FUNCTION same(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a = b $$;
CREATE OPERATOR =#= (LEFTARG = text, RIGHTARG = text, PROCEDURE = same);

-- Types.
CREATE FUNCTION f_cast(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT x::mood IS NOT NULL $$;
CREATE TABLE t_cast (x text CHECK (f_cast(x))); INSERT INTO t_cast VALUES ('sad');
CREATE FUNCTION f_castas(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT CAST(x AS mood) IS NOT NULL $$;
CREATE TABLE t_castas (x text CHECK (f_castas(x))); INSERT INTO t_castas VALUES ('sad');
CREATE FUNCTION f_literal(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT mood 'sad' IS NOT NULL $$;
CREATE TABLE t_literal (x text CHECK (f_literal(x))); INSERT INTO t_literal VALUES ('sad');
CREATE FUNCTION f_declared(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ DECLARE c citext := x; BEGIN RETURN c IS NOT NULL; END $$;
CREATE TABLE t_declared (x text CHECK (f_declared(x))); INSERT INTO t_declared VALUES ('sad');
CREATE FUNCTION f_rowtype(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE r lookup%ROWTYPE; BEGIN RETURN true; END $$;
CREATE TABLE t_rowtype (x text CHECK (f_rowtype(x))); INSERT INTO t_rowtype VALUES ('sad');
CREATE FUNCTION f_table(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR r IN TABLE lookup LOOP RETURN true; END LOOP; RETURN true; END $$;
CREATE TABLE t_table (x text CHECK (f_table(x))); INSERT INTO t_table VALUES ('sad');
CREATE FUNCTION f_columntype(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE r lookup.k%TYPE; BEGIN RETURN true; END $$;
CREATE TABLE t_columntype (x text CHECK (f_columntype(x))); INSERT INTO t_columntype VALUES ('sad');
CREATE FUNCTION f_rowvariable(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE r lookup; BEGIN RETURN true; END $$;
CREATE TABLE t_rowvariable (x text CHECK (f_rowvariable(x))); INSERT INTO t_rowvariable VALUES ('sad');
CREATE FUNCTION f_columns(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT FROM json_to_record('{"a": "sad"}') AS r(a mood)); END $$;
CREATE TABLE t_columns (x text CHECK (f_columns(x))); INSERT INTO t_columns VALUES ('sad');
CREATE FUNCTION f_typecall(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT citext(x) IS NOT NULL $$;
CREATE TABLE t_typecall (x text CHECK (f_typecall(x))); INSERT INTO t_typecall VALUES ('sad');

-- Relations.
CREATE FUNCTION f_comma(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT FROM pg_catalog.pg_class, lookup WHERE k = x); END $$;
CREATE TABLE t_comma (x text CHECK (f_comma(x))); INSERT INTO t_comma VALUES ('a');
CREATE FUNCTION f_joined(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT FROM (app.spare s RIGHT JOIN lookup l USING (k)) WHERE k = x); END $$;
CREATE TABLE t_joined (x text CHECK (f_joined(x))); INSERT INTO t_joined VALUES ('a');
CREATE FUNCTION f_within(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN (WITH lookup AS (SELECT * FROM lookup) SELECT count(*) > 0 FROM lookup); END $$;
CREATE TABLE t_within (x text CHECK (f_within(x))); INSERT INTO t_within VALUES ('a');
CREATE FUNCTION f_deletes(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN DELETE FROM app.spare s USING lookup WHERE s.k = lookup.k; RETURN true; END $$;
CREATE TABLE t_deletes (x text CHECK (f_deletes(x))); INSERT INTO t_deletes VALUES ('a');
CREATE FUNCTION f_updates(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF x = 'a' THEN UPDATE spare SET k = k; END IF; RETURN true; END $$;
CREATE TABLE t_updates (x text CHECK (f_updates(x))); INSERT INTO t_updates VALUES ('a');
CREATE FUNCTION f_inserts(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN INSERT INTO spare (k) VALUES (x); RETURN true; END $$;
CREATE TABLE t_inserts (x text CHECK (f_inserts(x))); INSERT INTO t_inserts VALUES ('a');
CREATE FUNCTION f_executes(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN EXECUTE 'SELECT count(*) FROM lookup' INTO n; RETURN true; END $$;
CREATE TABLE t_executes (x text CHECK (f_executes(x))); INSERT INTO t_executes VALUES ('a');
CREATE FUNCTION f_mixed(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (select from /* all */ Lookup WHERE k = x); END $$;
CREATE TABLE t_mixed (x text CHECK (f_mixed(x))); INSERT INTO t_mixed VALUES ('a');

-- Literals.
CREATE FUNCTION f_nextval(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN nextval('seq') > 0; END $$;
CREATE TABLE t_nextval (x text CHECK (f_nextval(x))); INSERT INTO t_nextval VALUES ('a');
CREATE FUNCTION f_regclass(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN 'lookup'::regclass IS NOT NULL; END $$;
CREATE TABLE t_regclass (x text CHECK (f_regclass(x))); INSERT INTO t_regclass VALUES ('a');
CREATE FUNCTION f_tsvector(x text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$ SELECT to_tsvector('myconf', x) $$;
CREATE TABLE t_tsvector (x text); INSERT INTO t_tsvector VALUES ('a'); CREATE INDEX t_tsvector_i ON t_tsvector USING gin (f_tsvector(x));
CREATE FUNCTION f_unaccent(x text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT unaccent(x) $$;
CREATE TABLE t_unaccent (x text); INSERT INTO t_unaccent VALUES ('a'); CREATE INDEX t_unaccent_i ON t_unaccent (f_unaccent(x));
CREATE FUNCTION f_dictionary(x text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT public.unaccent('unaccent', x) $$;
CREATE TABLE t_dictionary (x text); INSERT INTO t_dictionary VALUES ('a'); CREATE INDEX t_dictionary_i ON t_dictionary (f_dictionary(x));
CREATE FUNCTION f_collated(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT x < 'z' COLLATE mycoll $$;
CREATE TABLE t_collated (x text CHECK (f_collated(x))); INSERT INTO t_collated VALUES ('a');

-- Operators.
CREATE FUNCTION f_operator(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT x =#= x $$;
CREATE TABLE t_operator (x text CHECK (f_operator(x))); INSERT INTO t_operator VALUES ('a');
CREATE FUNCTION f_contains(h hstore) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT h @> 'a=>1' $$;
CREATE TABLE t_contains (h hstore CHECK (f_contains(h))); INSERT INTO t_contains VALUES ('a=>1');

-- What runs them.
CREATE FUNCTION f_chained(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN app.f_inner(x); END $$;
CREATE FUNCTION f_inner(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN helper(x); END $$;
CREATE TABLE t_chained (x text CHECK (f_chained(x))); INSERT INTO t_chained VALUES ('a');
CREATE FUNCTION f_generated(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN helper(x); END $$;
CREATE TABLE t_generated (x text, g boolean GENERATED ALWAYS AS (f_generated(x)) STORED); INSERT INTO t_generated VALUES ('a');
CREATE FUNCTION f_predicate(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN helper(x); END $$;
CREATE TABLE t_predicate (x text); INSERT INTO t_predicate VALUES ('a'); CREATE INDEX t_predicate_i ON t_predicate (x) WHERE f_predicate(x);
CREATE FUNCTION f_partitioned(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN helper(x); END $$;
CREATE TABLE t_partitioned (x text) PARTITION BY LIST (f_partitioned(x)); CREATE TABLE t_partitioned1 PARTITION OF t_partitioned FOR VALUES IN (true);
INSERT INTO t_partitioned VALUES ('a');
CREATE FUNCTION f_aggregated(s text, x text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(k) FROM lookup); END $$;
CREATE AGGREGATE aggregated(text) (SFUNC = f_aggregated, STYPE = text); CREATE MATERIALIZED VIEW t_aggregated AS SELECT aggregated(k) FROM lookup;
CREATE FUNCTION f_final(s text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(k) FROM lookup); END $$;
CREATE FUNCTION f_step(s text, x text) RETURNS text LANGUAGE sql AS $$ SELECT x $$;
CREATE AGGREGATE final(text) (SFUNC = f_step, STYPE = text, FINALFUNC = f_final); CREATE MATERIALIZED VIEW t_final AS SELECT final(k) FROM lookup;
CREATE FUNCTION f_viewed(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN helper(x); END $$;
CREATE VIEW viewed AS SELECT f_viewed(k) AS v FROM lookup; CREATE VIEW over_viewed AS SELECT v FROM viewed; CREATE MATERIALIZED VIEW t_viewed AS SELECT v FROM over_viewed;
CREATE FUNCTION f_indexed(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN helper(x); END $$;
CREATE MATERIALIZED VIEW t_indexed AS SELECT k FROM lookup; CREATE INDEX indexed_i ON t_indexed (f_indexed(k));
CREATE FUNCTION f_ranged(a float8, b float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN CASE WHEN helper('') THEN a - b END; END $$;
CREATE TYPE ranged AS RANGE (subtype = float8, subtype_diff = f_ranged);
CREATE TABLE t_ranged (r ranged); INSERT INTO t_ranged SELECT ranged(g, g + 1) FROM generate_series(1, 2000) g; CREATE INDEX t_ranged_i ON t_ranged USING gist (r);
CREATE FUNCTION f_compared(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN helper(a); END $$;
CREATE OPERATOR =##= (LEFTARG = text, RIGHTARG = text, PROCEDURE = f_compared);
CREATE TABLE t_compared (x text); INSERT INTO t_compared VALUES ('a'); CREATE INDEX t_compared_i ON t_compared ((x =##= 'a'));
CREATE FUNCTION f_domain(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN helper(x); END $$;
CREATE DOMAIN checked AS text CHECK (f_domain(VALUE)); CREATE TYPE composed AS (a int, c checked);
CREATE TABLE t_domain (c checked); INSERT INTO t_domain VALUES ('a');
CREATE TABLE t_composed (c composed); INSERT INTO t_composed VALUES (ROW(1, 'a'));
CREATE TABLE t_array (c checked[]); INSERT INTO t_array VALUES (ARRAY['a'::checked]);
CREATE FUNCTION f_casted(mood) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN CASE WHEN helper('') THEN 1 END; END $$;
CREATE CAST (mood AS int) WITH FUNCTION f_casted(mood); CREATE TABLE t_casted (m mood CHECK (m::int > 0)); INSERT INTO t_casted VALUES ('sad');

-- What the text does not tell.
CREATE FUNCTION f_format(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN EXECUTE format('SELECT count(*) FROM lookup WHERE k = %L', x) INTO n; RETURN true; END $$;
CREATE TABLE w_format (x text CHECK (f_format(x))); INSERT INTO w_format VALUES ('a');
CREATE FUNCTION f_catches(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN helper(x); EXCEPTION WHEN undefined_function THEN RETURN true; END $$;
CREATE TABLE w_catches (x text CHECK (f_catches(x))); INSERT INTO w_catches VALUES ('a');
CREATE TABLE tagged (tags hstore); INSERT INTO tagged VALUES ('a=>1');
CREATE FUNCTION f_tagged() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT count(*) FROM app.tagged WHERE tags ? 'a' $$;
CREATE MATERIALIZED VIEW w_tagged AS SELECT f_tagged();
CREATE TABLE w_earth (x float8); INSERT INTO w_earth VALUES (1); CREATE INDEX w_earth_i ON w_earth USING gist (ll_to_earth(x, x));
-- Other types of what pg_catalog has by the same name.
CREATE TYPE price AS (a numeric, c text);
CREATE FUNCTION lower(price) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).c $$;
CREATE FUNCTION f_overload(price) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$;
CREATE TABLE t_overload (p price); INSERT INTO t_overload VALUES (ROW(1, 'a')); CREATE INDEX t_overload_i ON t_overload (f_overload(p));
CREATE FUNCTION added(price, price) RETURNS price LANGUAGE sql IMMUTABLE AS $$ SELECT $1 $$;
CREATE OPERATOR + (LEFTARG = price, RIGHTARG = price, PROCEDURE = added);
CREATE FUNCTION f_added(p price) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (p + p) IS NOT NULL; END $$;
CREATE TABLE t_added (p price CHECK (f_added(p))); INSERT INTO t_added VALUES (ROW(1, 'a'));
CREATE FUNCTION md5(price) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ($1).c $$;
CREATE FUNCTION f_known(p price) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN md5(p) <> ''; END $$;
CREATE TABLE t_known (p price CHECK (f_known(p))); INSERT INTO t_known VALUES (ROW(1, 'a'));
CREATE FUNCTION f_replace(c citext) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN replace(c, 'B', 'x') = 'axc'; END $$;
CREATE TABLE w_replace (c citext CHECK (f_replace(c))); INSERT INTO w_replace VALUES ('abc');
CREATE FUNCTION f_within_list(c citext) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT c IN ('open', 'closed') $$;
CREATE TABLE w_list (c citext CHECK (f_within_list(c))); INSERT INTO w_list VALUES ('OPEN');
CREATE FUNCTION f_likes(c citext) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN c NOT LIKE 'x%' AND c LIKE 'op%'; END $$;
CREATE TABLE w_likes (c citext CHECK (f_likes(c))); INSERT INTO w_likes VALUES ('OPEN');
-- Statements of pieces.
CREATE FUNCTION f_pieces(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN EXECUTE format('SELECT count(*) FROM %I', 'lookup') INTO n; RETURN true; END $$;
CREATE TABLE w_pieces (x text CHECK (f_pieces(x))); INSERT INTO w_pieces VALUES ('a');
CREATE FUNCTION f_joins(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT k FROM ' || 'lookup' LOOP END LOOP; RETURN true; END $$;
CREATE TABLE w_joins (x text CHECK (f_joins(x))); INSERT INTO w_joins VALUES ('a');
CREATE FUNCTION f_holds(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE q text; BEGIN q := 'SELECT k FROM lookup'; EXECUTE q; RETURN true; END $$;
CREATE TABLE w_holds (x text CHECK (f_holds(x))); INSERT INTO w_holds VALUES ('a');
-- Tables without rows, and an index that is never split: nothing is lost as long as that is so.
CREATE FUNCTION f_norows(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN helper(x); END $$;
CREATE TABLE w_norows (x text CHECK (f_norows(x))); CREATE INDEX w_norows_i ON w_norows (f_norows(x));
CREATE FUNCTION f_small(a float8, b float8) RETURNS float8 LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN CASE WHEN helper('') THEN a - b END; END $$;
CREATE TYPE small AS RANGE (subtype = float8, subtype_diff = f_small);
CREATE TABLE w_small (r small); INSERT INTO w_small VALUES ('[1,2)'), ('[3,4)'); CREATE INDEX w_small_i ON w_small USING gist (r);
-- A text in SQL is looked at before there is a row.
CREATE FUNCTION f_inlined(x text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT helper(x) $$;
CREATE TABLE t_inlined (x text); CREATE INDEX t_inlined_i ON t_inlined (f_inlined(x));

-- What runs under the path of another function, and what a proposed path has to have.
CREATE FUNCTION public.squash(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1 $$;
CREATE FUNCTION squashes(x text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN squash(x); END $$;
CREATE FUNCTION f_calls(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN squashes(x) <> ''; END $$;
CREATE TABLE t_calls (x text CHECK (f_calls(x))); INSERT INTO t_calls VALUES ('a');
CREATE FUNCTION folded(x text) RETURNS citext LANGUAGE sql IMMUTABLE AS $$ SELECT x::public.citext $$;
CREATE FUNCTION f_implied(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN folded(x) = 'OPEN'; END $$;
CREATE TABLE t_implied (x text CHECK (f_implied(x))); INSERT INTO t_implied VALUES ('open');
CREATE FUNCTION f_samename(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ DECLARE helper boolean; BEGIN helper := helper(x); RETURN helper; END $$;
CREATE TABLE t_samename (x text CHECK (f_samename(x))); INSERT INTO t_samename VALUES ('a');
CREATE FUNCTION f_late(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE b boolean; BEGIN b := helper(x); PERFORM set_config('search_path', 'app', true); RETURN helper(x); END $$;
CREATE TABLE t_late (x text CHECK (f_late(x))); INSERT INTO t_late VALUES ('a');
SET search_path = app, public;
CREATE TABLE moves (move text); INSERT INTO moves VALUES ('a');
CREATE FUNCTION f_moves(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT move FROM moves); END $$;
CREATE TABLE t_moves (x text CHECK (f_moves(x))); INSERT INTO t_moves VALUES ('a');
CREATE FUNCTION f_hashes(x text, seed bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN CASE WHEN helper(x) THEN hashtextextended(x, seed) END; END $$;
CREATE OPERATOR CLASS hashes FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 2 f_hashes(text, bigint);
CREATE TABLE t_hashes (x text) PARTITION BY HASH (x hashes); CREATE TABLE t_hashes_0 PARTITION OF t_hashes FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO t_hashes VALUES ('a');
CREATE MATERIALIZED VIEW t_second AS SELECT * FROM t_viewed;

-- What is no name, or is found.
CREATE FUNCTION o_said(x text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE q text := 'SELECT 1'; BEGIN EXECUTE q; RAISE NOTICE 'SELECT FROM lookup %', x; RETURN true; END $$;
CREATE TABLE o_said (x text CHECK (o_said(x))); INSERT INTO o_said VALUES ('a');
CREATE FUNCTION o_same(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN lower(x) = replace(x, 'b', 'c') OR x + 0 > 0; EXCEPTION WHEN others THEN RETURN true; END $$;
CREATE TABLE o_same (x text CHECK (o_same(x))); INSERT INTO o_same VALUES ('a');
CREATE FUNCTION o_comment(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN -- FROM lookup, helper(x) x::mood
  /* FROM lookup /* JOIN lookup */ */ RETURN 'SELECT helper(x) FROM lookup' <> E'\' FROM lookup' AND 'lookup' <> $q$ FROM lookup $q$; END $$;
CREATE TABLE o_comment (x text CHECK (o_comment(x))); INSERT INTO o_comment VALUES ('a');
CREATE FUNCTION o_alias(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (WITH spare AS (SELECT k FROM app.lookup lookup(k, n)) SELECT FROM spare, spare AS helper(k) WHERE helper.k <> ''); END $$;
CREATE TABLE o_alias (x text CHECK (o_alias(x) OR true)); INSERT INTO o_alias VALUES ('a');
CREATE FUNCTION o_recursive(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (WITH RECURSIVE spare(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM spare WHERE n < 3), lookup AS (TABLE spare) SELECT FROM lookup); END $$;
CREATE TABLE o_recursive (x text CHECK (o_recursive(x))); INSERT INTO o_recursive VALUES ('a');
CREATE FUNCTION o_variable(lookup date, seq text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE mood text; spare CURSOR (helper int) FOR SELECT 1; k int;
  BEGIN mood := 'a'; SELECT 1 INTO lookup; OPEN spare(1); FETCH NEXT FROM spare INTO k; CLOSE spare;
  RETURN EXTRACT(year FROM lookup) > 0 AND lookup IS NOT DISTINCT FROM lookup AND trim(both from seq) <> '' AND substring(seq from 1 for 1) <> ''; EXCEPTION WHEN others THEN RETURN true; END $$;
CREATE TABLE o_variable (x text CHECK (o_variable('2024-01-01', x))); INSERT INTO o_variable VALUES ('a');
CREATE FUNCTION o_sets(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('search_path', 'app', true); RETURN EXISTS (SELECT FROM lookup); END $$;
CREATE TABLE o_sets (x text CHECK (o_sets(x) OR true)); INSERT INTO o_sets VALUES ('a');
CREATE TABLE columned (lookup int, helper int, spare text); INSERT INTO columned VALUES (1, 1, 'a');
CREATE FUNCTION o_column(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT sum(lookup) + max(helper) > 0 FROM app.columned WHERE spare <> '' GROUP BY spare, lookup ORDER BY lookup, spare); END $$;
CREATE TABLE o_column (x text CHECK (o_column(x) OR true)); INSERT INTO o_column VALUES ('a');
CREATE FUNCTION o_atomic(x text) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT count(*) >= 0 FROM lookup; END;
CREATE TABLE o_atomic (x text CHECK (o_atomic(x))); INSERT INTO o_atomic VALUES ('a');
CREATE FUNCTION o_path(x text) RETURNS boolean LANGUAGE plpgsql SET search_path = app, public AS $$ DECLARE c citext; BEGIN RETURN helper(x) AND x =#= x; END $$;
CREATE TABLE o_path (x text CHECK (o_path(x))); INSERT INTO o_path VALUES ('a');
CREATE FUNCTION o_qualified(x text, h hstore) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE c public.citext; r app.lookup%ROWTYPE; k app.lookup.k%TYPE; k2 k%TYPE; BEGIN
  RETURN x OPERATOR(app.=#=) x AND app.helper(x) AND nextval('app.seq') > 0 AND 'app.lookup'::regclass IS NOT NULL AND to_tsvector('app.myconf', x) IS NOT NULL AND 'sad'::app.mood IS NOT NULL AND h OPERATOR(public.?) 'a'; END $$;
CREATE TABLE o_qualified (x text CHECK (o_qualified(x, 'a=>1'))); INSERT INTO o_qualified VALUES ('a');
CREATE FUNCTION o_later(x text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN helper(x); END $$;
CREATE TABLE o_later (x text, y boolean DEFAULT o_later('')); INSERT INTO o_later VALUES ('a'); ALTER TABLE o_later ADD CONSTRAINT o_later_c CHECK (o_later(x)) NOT VALID;
CREATE DOMAIN o_unused AS text CHECK (o_later(VALUE)); CREATE MATERIALIZED VIEW o_empty AS SELECT o_later('') WITH NO DATA; CREATE VIEW o_view AS SELECT o_later('');
CREATE FUNCTION o_array(a int[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT a @> '{1}' AND a && a $$;
CREATE TABLE o_array (a int[] CHECK (o_array(a))); INSERT INTO o_array VALUES ('{1}');
