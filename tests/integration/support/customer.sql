-- For psql, as the master user: the roles of an online shop on Aurora.
-- Variables: one verifier per login (:verifier_...).

SELECT :SERVER_VERSION_NUM >= 160000 AS v16 \gset
SET client_min_messages = warning;

-- Groups
CREATE ROLE shop_owner;
CREATE ROLE billing_owner;
CREATE ROLE shop_write;
CREATE ROLE shop_read;
CREATE ROLE reporting NOINHERIT;

-- Applications
CREATE ROLE shop_app LOGIN PASSWORD :'verifier_shop_app' CONNECTION LIMIT 200;
CREATE ROLE shop_worker LOGIN PASSWORD :'verifier_shop_worker' CONNECTION LIMIT 20;
CREATE ROLE billing_app LOGIN PASSWORD :'verifier_billing_app';
CREATE ROLE bi_tool LOGIN PASSWORD :'verifier_bi_tool';
CREATE ROLE legacy_erp LOGIN PASSWORD :'verifier_legacy_erp';
CREATE ROLE cdc LOGIN PASSWORD :'verifier_cdc';
-- Logs in with a token: no password.
CREATE ROLE lambda_iam LOGIN;

-- People
CREATE ROLE rds_master LOGIN CREATEDB PASSWORD :'verifier_rds_master';
CREATE ROLE dba_bob LOGIN CREATEROLE CREATEDB PASSWORD :'verifier_dba_bob' VALID UNTIL 'infinity';
CREATE ROLE "Jane Doe" LOGIN PASSWORD :'verifier_jane' VALID UNTIL '2099-06-30 00:00:00+00';
CREATE ROLE contractor LOGIN PASSWORD :'verifier_contractor' VALID UNTIL '2024-01-31 00:00:00+00';

GRANT shop_read TO shop_write;
GRANT shop_write TO shop_owner;
GRANT shop_write TO shop_app, shop_worker;
GRANT shop_read TO reporting, "Jane Doe", contractor, legacy_erp;
GRANT billing_owner TO billing_app;
GRANT reporting TO bi_tool;
GRANT shop_owner TO rds_master WITH ADMIN OPTION;
GRANT shop_owner, billing_owner TO postgres;
-- By the master user where the server lets it: it holds these by its own group.
GRANT pg_monitor TO dba_bob;
GRANT rds_replication TO cdc;

ALTER ROLE shop_app SET search_path TO shop, public;
ALTER ROLE shop_app SET statement_timeout TO '15s';
ALTER ROLE shop_app SET idle_in_transaction_session_timeout TO '60s';
ALTER ROLE shop_worker SET work_mem TO '128MB';
ALTER ROLE bi_tool SET default_transaction_read_only TO on;
ALTER ROLE bi_tool SET statement_timeout TO '30min';
ALTER ROLE "Jane Doe" SET search_path TO "Jane Doe", shop, "$user";

COMMENT ON ROLE shop_owner IS 'owns schema shop; nobody logs in as it';
COMMENT ON ROLE legacy_erp IS 'ERP v7, can''t do SCRAM
ask Jane before touching';
COMMENT ON ROLE cdc IS 'change data capture';

CREATE DATABASE shop;
CREATE DATABASE billing;
ALTER ROLE shop_app IN DATABASE shop SET lock_timeout TO '5s';
ALTER ROLE billing_app IN DATABASE billing SET search_path TO ledger, public;

-- What Aurora lets its master user do, and a plain server does not.
\connect - rdsadmin
SET client_min_messages = warning;
ALTER ROLE dba_bob SET log_statement TO 'all';
ALTER ROLE rds_master SET pgaudit.log TO 'ddl, role';
ALTER ROLE legacy_erp SET session_replication_role TO 'replica';
GRANT rds_iam TO lambda_iam;
GRANT rds_superuser TO dba_bob;
