-- As a superuser: a schema with something by the name of everything that PostgreSQL itself has. What is
-- called or looked at by its name alone, where this schema is searched first, is refused, and the
-- refusal stands in the server's log.

CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
SET search_path = pg_catalog;

CREATE FUNCTION evil.sprung(what text) RETURNS boolean LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''a trap was sprung: %'', what; END';

CREATE FUNCTION pg_temp.attempt(statement text) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN 1;
EXCEPTION WHEN OTHERS THEN
    -- No user can make it either: pseudo-types of the server's own code.
    RETURN 0;
END
$$;

CREATE FUNCTION pg_temp.body(what text) RETURNS text LANGUAGE sql AS
    $$ SELECT format('BEGIN PERFORM evil.sprung(%L); END', what) $$;

-- Of the same arguments: the schema that is searched first wins. What takes anything is taken for one
-- type.
CREATE TEMPORARY TABLE made AS SELECT 'functions' AS what, sum(pg_temp.attempt(format(
    'CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', p.proname,
    replace(replace(pg_get_function_arguments(p.oid), 'VARIADIC "any"', 'text'), '"any"', 'anyelement'),
    pg_get_function_result(p.oid), pg_temp.body('function ' || p.oid::regprocedure)))) AS number
FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prorettype <> 'trigger'::regtype;

INSERT INTO made SELECT 'operators', sum(pg_temp.attempt(format(
    'CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', 'operator_' || o.oid,
    concat_ws(', ', nullif(o.oprleft, 0)::regtype, nullif(o.oprright, 0)::regtype), o.oprresult::regtype,
    pg_temp.body('operator ' || o.oid::regoperator)))
    * pg_temp.attempt(format('CREATE OPERATOR evil.%s (%s)', o.oprname, concat_ws(', ',
        format('PROCEDURE = evil.%I', 'operator_' || o.oid),
        'LEFTARG = ' || nullif(o.oprleft, 0)::regtype, 'RIGHTARG = ' || nullif(o.oprright, 0)::regtype))))
FROM pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace;

INSERT INTO made SELECT 'relations', sum(pg_temp.attempt(format(
    'CREATE FUNCTION evil.%I() RETURNS SETOF pg_catalog.%I LANGUAGE plpgsql AS %L', 'relation_' || c.oid,
    c.relname, pg_temp.body('relation ' || c.relname)))
    * pg_temp.attempt(format('CREATE VIEW evil.%I AS SELECT %s * FROM evil.%I()', c.relname,
        -- Before 12 it was hidden.
        CASE WHEN current_setting('server_version_num')::integer < 120000 AND NOT EXISTS (SELECT FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attname = 'oid' AND a.attnum > 0) THEN '0::oid AS oid,' END,
        'relation_' || c.oid))
    * pg_temp.attempt(format('GRANT SELECT ON evil.%I TO PUBLIC', c.relname)))
FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v');

INSERT INTO made SELECT 'types', sum(pg_temp.attempt(format(
    'CREATE DOMAIN evil.%I AS pg_catalog.%I CHECK (evil.sprung(%L))', t.typname, t.typname, 'type ' || t.typname)))
FROM pg_type t WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r') AND t.typelem = 0;

SELECT what, number FROM made;
