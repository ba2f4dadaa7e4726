"""The database: schema base, connections, the one writer, migrations."""
