#!/bin/sh
# Creates or updates Temporal's two databases. Harmless when they are up to date.
set -eu

schema() {
  database=$1
  versions=/etc/temporal/schema/postgresql/v12/$2/versioned
  tool() { temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" -p "$DB_PORT" -u "$POSTGRES_USER" --db "$database" "$@"; }
  tool create
  # Refused for a database that has one already, which is as good.
  tool setup-schema -v 0.0 || echo "$database has a schema"
  tool update-schema -d "$versions"
}

schema temporal temporal
schema temporal_visibility visibility
