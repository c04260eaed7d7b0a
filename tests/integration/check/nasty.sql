-- For psql, as rdsadmin, in the database that it creates: what an ordinary application of many years has, of
-- which a restore on a newer version, without a superuser and without the old platform's roles, breaks a part.
CREATE ROLE app_owner;
CREATE ROLE app_rw LOGIN PASSWORD 'x';
CREATE ROLE app_ro LOGIN PASSWORD 'x';
CREATE ROLE iam_user LOGIN;
GRANT rds_iam TO iam_user;
GRANT app_owner TO postgres;
CREATE DATABASE shop OWNER app_owner;
\connect shop
SET search_path = public;
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
GRANT ALL ON SCHEMA public TO app_owner;
SET ROLE app_owner;
CREATE SCHEMA app;
SET search_path = app, public;

-- Ordinary.
CREATE TABLE plain (id bigserial PRIMARY KEY, t text);
INSERT INTO plain (t) SELECT 'x' || g FROM generate_series(1, 100) g;
GRANT SELECT, INSERT ON plain TO app_rw;
GRANT SELECT ON plain TO app_ro;
CREATE VIEW over_plain AS SELECT * FROM plain;
CREATE TABLE words (h hstore, c citext);
CREATE UNLOGGED TABLE unlogged (id int PRIMARY KEY);
INSERT INTO unlogged VALUES (1);
CREATE TABLE parted (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
CREATE TABLE parted_2024 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
INSERT INTO parted VALUES (1, '2024-02-02'), (2, '2030-01-01');
CREATE TABLE parents (id int PRIMARY KEY);
CREATE TABLE unchecked (id int PRIMARY KEY, p int);
INSERT INTO unchecked VALUES (1, 99);
ALTER TABLE unchecked ADD CONSTRAINT unchecked_fk FOREIGN KEY (p) REFERENCES parents NOT VALID;
ALTER TABLE unchecked ADD CONSTRAINT unchecked_ck CHECK (p < 10) NOT VALID;

-- Privileges of roles that stay with the platform.
CREATE TABLE of_aws (id int PRIMARY KEY);
GRANT SELECT ON of_aws TO app_rw;
GRANT ALL ON of_aws TO rds_superuser;
GRANT SELECT ON of_aws TO app_ro;
GRANT USAGE ON SCHEMA app TO app_rw, app_ro, rds_superuser;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO rds_superuser;

-- Functions that rely on a search_path, where a restore has none.
CREATE TABLE rates (c text PRIMARY KEY, r numeric);
INSERT INTO rates VALUES ('EUR', 1.1);
CREATE FUNCTION norm(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(t) $$;
CREATE FUNCTION norm2(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT norm(t) $$;
CREATE TABLE indexed (id int PRIMARY KEY, t text);
INSERT INTO indexed VALUES (1, 'A');
CREATE INDEX indexed_norm ON indexed (norm2(t));
CREATE FUNCTION rate_ok(x text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM rates WHERE c = x); END $$;
CREATE TABLE checked (id int PRIMARY KEY, c text CHECK (rate_ok(c)));
INSERT INTO checked VALUES (1, 'EUR');
CREATE TABLE generated (id int PRIMARY KEY, t text, n text GENERATED ALWAYS AS (norm2(t)) STORED);
INSERT INTO generated VALUES (1, 'B');
CREATE FUNCTION total() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM plain); END $$;
CREATE MATERIALIZED VIEW summed AS SELECT total() AS n;
CREATE DOMAIN rate_code AS text CHECK (rate_ok(VALUE));
CREATE TABLE of_domain (id int PRIMARY KEY, c rate_code);
INSERT INTO of_domain VALUES (1, 'EUR');

-- Values that name objects.
CREATE TABLE named (id int PRIMARY KEY, r regclass, p regproc);
INSERT INTO named VALUES (1, 'app.indexed_norm', 'app.norm'), (2, 'app.plain', NULL);

-- What later versions have done away with.
CREATE AGGREGATE collect(anyelement) (SFUNC = array_append, STYPE = anyarray, INITCOND = '{}');
CREATE FUNCTION fact(bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT 1::numeric $$;
CREATE OPERATOR public.!? (LEFTARG = bigint, PROCEDURE = fact);
CREATE VIEW writer AS SELECT checkpoints_timed, buffers_checkpoint FROM pg_stat_bgwriter;

-- Texts that are looked at when they run.
CREATE FUNCTION load_s3() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM aws_s3.table_import_from_s3('t', '', '(format csv)', aws_commons.create_s3_uri('b', 'k', 'eu-west-1')); END $$;

-- What took a superuser.
RESET ROLE;
CREATE FUNCTION app.replicates() RETURNS void LANGUAGE sql SET session_replication_role = replica AS $$ SELECT $$;
CREATE FUNCTION app.logs() RETURNS void LANGUAGE sql SET log_statement = 'all' AS $$ SELECT $$;
ALTER FUNCTION app.replicates() OWNER TO app_owner;
ALTER FUNCTION app.logs() OWNER TO app_owner;
CREATE CONVERSION app.conversion FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
ALTER CONVERSION app.conversion OWNER TO app_owner;
CREATE STATISTICS app.statistic ON id, p FROM app.unchecked;
ALTER STATISTICS app.statistic OWNER TO app_owner;
COMMENT ON EXTENSION hstore IS 'ours';

-- A foreign key that the data violate, as a load under session_replication_role = replica leaves it.
CREATE TABLE app.parents2 (id int PRIMARY KEY);
CREATE TABLE app.violating (id int PRIMARY KEY, p int REFERENCES app.parents2);
ALTER TABLE app.parents2 OWNER TO app_owner;
ALTER TABLE app.violating OWNER TO app_owner;
SET session_replication_role = replica;
INSERT INTO app.violating VALUES (1, 42);
