-- The four roles and the database of ispbill, on PostgreSQL 15 to 18; may be run again.
--   psql -U postgres -v owner_password=… -v app_password=… -f docs/admin/roles.sql
-- With -v radius_password=… FreeRADIUS may sign in with the fourth (docs/admin/radius.md).
-- With -v backup_password=… also the role that makes copies: it reads everything, changes nothing.
-- None of the four may bypass row-level security: a superuser sees every row whatever the policies
-- say. What `options` of a connection set without PgBouncer, the roles have as their own as well.
\set ON_ERROR_STOP on
SELECT current_setting('server_version_num')::int >= 160000 AS sixteen \gset
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ispbill_owner') AS new \gset
\if :new
CREATE ROLE ispbill_owner;
CREATE ROLE ispbill_app;
CREATE ROLE ispbill_portal;
\endif
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ispbill_radius') AS new_radius \gset
\if :new_radius
CREATE ROLE ispbill_radius NOLOGIN;
\endif
ALTER ROLE ispbill_owner LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB PASSWORD :'owner_password';
ALTER ROLE ispbill_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE ispbill_portal NOLOGIN NOSUPERUSER NOBYPASSRLS;
ALTER ROLE ispbill_radius NOSUPERUSER NOBYPASSRLS;
ALTER ROLE ispbill_radius SET timezone = 'UTC';
\if :{?radius_password}
ALTER ROLE ispbill_radius LOGIN PASSWORD :'radius_password';
\endif
-- The app may become the portal, and has not the portal's rights meanwhile: policies made for the
-- portal must not bind the application itself.
\if :sixteen
GRANT ispbill_portal TO ispbill_app WITH INHERIT FALSE, SET TRUE;
\else
ALTER ROLE ispbill_app NOINHERIT;
GRANT ispbill_portal TO ispbill_app;
\endif
ALTER ROLE ispbill_owner SET lock_timeout = '10s';
ALTER ROLE ispbill_owner SET timezone = 'UTC';
ALTER ROLE ispbill_owner SET ispbill.app_role = 'ispbill_app';
ALTER ROLE ispbill_owner SET ispbill.portal_role = 'ispbill_portal';
ALTER ROLE ispbill_app SET lock_timeout = '10s';
ALTER ROLE ispbill_app SET timezone = 'UTC';
\if :{?backup_password}
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ispbill_backup') AS new_backup \gset
\if :new_backup
CREATE ROLE ispbill_backup;
\endif
ALTER ROLE ispbill_backup LOGIN NOSUPERUSER BYPASSRLS PASSWORD :'backup_password';
ALTER ROLE ispbill_backup SET default_transaction_read_only = on;
ALTER ROLE ispbill_backup SET timezone = 'UTC';
GRANT pg_read_all_data TO ispbill_backup;
\endif
SELECT 'CREATE DATABASE ispbill OWNER ispbill_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'ispbill') \gexec
\connect ispbill
-- All three are trusted: the owner makes them, and the next release may as well.
SET ROLE ispbill_owner;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
RESET ROLE;
