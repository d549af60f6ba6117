"""PostgreSQL: connections, the embedded server, tables, rows in, ledger, wipe."""
