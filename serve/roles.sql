-- The roles of Polku on PostgreSQL. Run once for each database, as an administrator of the server:
--
--   psql -d polku -f serve/roles.sql
--
-- then give each role its password (\password polku_app), and let Polku connect as follows:
--
--   POLKU_STORE        postgresql://polku_app@…     the service and every daily command
--   POLKU_STORE_OWNER  postgresql://polku_owner@…   migrations, and a provider that leaves
--   pg_dump            as polku_backup              row-level security would hide rows from anybody else
--
-- Running it again changes nothing. What polku_app may do with each table is granted by every migration.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'polku_owner') THEN
        CREATE ROLE polku_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'polku_app') THEN
        CREATE ROLE polku_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'polku_backup') THEN
        CREATE ROLE polku_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS;
        GRANT pg_read_all_data TO polku_backup;
    END IF;
    -- The owner makes tables and the enclave's schema; the application makes temporary tables alone, for COPY.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO polku_owner', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO polku_app', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO polku_backup', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO polku_owner;
GRANT USAGE ON SCHEMA public TO polku_app, polku_backup;
