-- For psql, as rdsadmin of an Aurora-like server: three databases with everything that roles matter to.
SET client_min_messages = warning;

CREATE ROLE shop_owner;
CREATE ROLE "Odd Owner";
CREATE ROLE shop_read;
CREATE ROLE shop_write;
CREATE ROLE shop_app LOGIN PASSWORD 'app secret' CONNECTION LIMIT 20;
CREATE ROLE legacy_erp LOGIN PASSWORD 'erp secret';
CREATE ROLE "Jane ""J"" Doe" LOGIN PASSWORD 'jane secret';
GRANT shop_read TO shop_write, legacy_erp;
GRANT shop_write TO shop_app;
ALTER ROLE shop_app SET statement_timeout = '1min';

CREATE DATABASE shop OWNER shop_owner CONNECTION LIMIT 50;
REVOKE CONNECT ON DATABASE shop FROM PUBLIC;
GRANT CONNECT ON DATABASE shop TO shop_app, shop_read, postgres;
ALTER DATABASE shop SET work_mem = '8MB';
CREATE DATABASE crm OWNER "Odd Owner";
CREATE DATABASE "Old & odd" OWNER shop_owner;

\connect shop
SET client_min_messages = warning;
CREATE SCHEMA shop AUTHORIZATION shop_owner;
CREATE SCHEMA "Odd ""schema""" AUTHORIZATION "Odd Owner";
CREATE FOREIGN DATA WRAPPER plain;
GRANT USAGE ON FOREIGN DATA WRAPPER plain TO shop_owner;
GRANT CREATE ON DATABASE shop TO "Odd Owner";

SET ROLE shop_owner;
GRANT USAGE ON SCHEMA shop TO shop_read, rds_superuser, "Jane ""J"" Doe";
CREATE TYPE shop."Status" AS ENUM ('new', 'paid');
CREATE TYPE shop.pair AS (a int, b shop."Status");
CREATE DOMAIN shop.email AS text CHECK (VALUE LIKE '%@%');
REVOKE USAGE ON TYPE shop.email FROM PUBLIC;
GRANT USAGE ON TYPE shop.email TO shop_app;
CREATE TABLE shop.orders (id int PRIMARY KEY, owner text, "Secret" text, status shop."Status", mail text);
CREATE TABLE shop.t17 (a int);
CREATE TABLE shop.t19 (a int);
CREATE VIEW shop."All orders" AS SELECT id FROM shop.orders;
CREATE SEQUENCE shop.numbers;
GRANT SELECT ON shop.orders, shop.t17, shop.t19, shop."All orders" TO shop_read;
GRANT INSERT, UPDATE ON shop.orders TO shop_write;
GRANT DELETE ON shop.orders TO shop_app WITH GRANT OPTION;
GRANT SELECT (id, "Secret"), UPDATE (id) ON shop.orders TO "Jane ""J"" Doe";
-- Guides of the platform say so.
GRANT SELECT ON shop.t17, shop.t19 TO rds_superuser;
GRANT USAGE, SELECT ON SEQUENCE shop.numbers TO shop_write;
CREATE FUNCTION shop.pay(int, shop."Status"[], VARIADIC text[]) RETURNS int LANGUAGE sql SECURITY DEFINER
    AS 'SELECT 1';
REVOKE EXECUTE ON FUNCTION shop.pay(int, shop."Status"[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.pay(int, shop."Status"[], text[]) TO shop_app;
CREATE FUNCTION shop.open(numeric) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE shop.close_day() LANGUAGE sql AS 'SELECT 1';
REVOKE EXECUTE ON PROCEDURE shop.close_day() FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE shop.close_day() TO shop_write;
CREATE AGGREGATE shop.total(int) (sfunc = int4pl, stype = int);
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY everybody ON shop.orders USING (owner = current_user);
CREATE POLICY "For erp" ON shop.orders FOR SELECT TO legacy_erp, shop_app USING (true);
CREATE POLICY strict ON shop.orders AS RESTRICTIVE FOR DELETE TO shop_write USING (id > 0);
CREATE POLICY platform ON shop.t17 TO shop_read, rds_superuser USING (true);
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO shop_read;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON SEQUENCES TO shop_write, rds_superuser;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
SELECT lo_create(4242);
GRANT SELECT ON LARGE OBJECT 4242 TO shop_read;
CREATE SERVER archive FOREIGN DATA WRAPPER plain;
GRANT USAGE ON FOREIGN SERVER archive TO shop_app;
CREATE USER MAPPING FOR shop_app SERVER archive OPTIONS (remote 'them');
CREATE USER MAPPING FOR PUBLIC SERVER archive;
CREATE FOREIGN TABLE shop.remote (a int) SERVER archive;
CREATE PUBLICATION changes FOR TABLE shop.orders;
CREATE VIEW shop.careful WITH (security_invoker) AS SELECT id FROM shop.orders;
CREATE COLLATION shop.plain FROM "C";
CREATE CONVERSION shop.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE TEXT SEARCH DICTIONARY shop.words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION shop."Search" (COPY = simple);
CREATE STATISTICS shop.both ON id, owner FROM shop.orders;
CREATE FUNCTION shop.same(shop."Status", text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR shop.### (LEFTARG = shop."Status", RIGHTARG = text, FUNCTION = shop.same);
RESET ROLE;

SET ROLE "Odd Owner";
CREATE TABLE "Odd ""schema"""."Odd ""table""" ("odd ""column""" int);
GRANT USAGE ON SCHEMA "Odd ""schema""" TO "Jane ""J"" Doe";
GRANT SELECT, TRIGGER ON "Odd ""schema"""."Odd ""table""" TO "Jane ""J"" Doe";
RESET ROLE;

\connect crm
SET client_min_messages = warning;
SET ROLE "Odd Owner";
CREATE SCHEMA crm;
CREATE TABLE crm.people (id int, name text);
GRANT USAGE ON SCHEMA crm TO shop_read;
GRANT SELECT ON crm.people TO shop_read;
RESET ROLE;
-- The platform's own, as an extension would leave it.
CREATE TABLE crm.audit (a int);
ALTER TABLE crm.audit OWNER TO rds_superuser;

\connect -reuse-previous=on "dbname='Old & odd'"
SET client_min_messages = warning;
GRANT CREATE ON SCHEMA public TO shop_owner;
SET ROLE shop_owner;
CREATE TABLE public."Things" (a int);
GRANT SELECT ON public."Things" TO PUBLIC;
