#!/bin/sh
# Runs once, when the container of compose.yaml makes its database, after roles.sql: gives each role its password.
set -eu
psql --set ON_ERROR_STOP=1 --dbname "$POSTGRES_DB" --username "$POSTGRES_USER" \
  --set owner="$POLKU_OWNER_PASSWORD" --set app="$POLKU_APP_PASSWORD" --set backup="$POLKU_BACKUP_PASSWORD" <<'SQL'
ALTER ROLE polku_owner PASSWORD :'owner';
ALTER ROLE polku_app PASSWORD :'app';
ALTER ROLE polku_backup PASSWORD :'backup';
SQL
