"""The database: tables, sessions, migrations. SQLite in WAL mode when embedded, PostgreSQL in production."""
