"""Whether a role may do what a run does: asked at once, before anything is made.

`role.sql` beside this module makes a role with just these rights. That rows may be
deleted is asked by a wipe alone, of PostgreSQL itself.
"""

from typing import Final

import psycopg

from tasks.database.contract import expected_tables
from tasks.errors import DatabaseError

ADVICE: Final = "grant what tasks/database/role.sql grants, or give another role"
NEVER_FILLED: Final = frozenset({"Account", "Session", "VerificationToken"})
NAMED: Final = 8  # rights that one message names; the rest is counted
_LACKING: Final = """
SELECT 'USAGE on the schema ' || nspname
  FROM pg_namespace
 WHERE nspname = %(schema)s AND NOT has_schema_privilege(oid, 'USAGE')
UNION ALL
SELECT need || ' on ' || c.relname
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = %(schema)s
 CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS need
 WHERE c.relkind IN ('r', 'p') AND c.relname = ANY(%(tables)s)
   AND NOT has_table_privilege(c.oid, need)
UNION ALL
SELECT need || ' on rsvped_seed.' || c.relname
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'rsvped_seed'
 CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS need
 WHERE c.relkind = 'r' AND NOT has_table_privilege(c.oid, need)
UNION ALL
SELECT need || ' on the schema rsvped_seed'
  FROM pg_namespace n
 CROSS JOIN unnest(ARRAY['USAGE', 'CREATE']) AS need
 WHERE nspname = 'rsvped_seed' AND NOT has_schema_privilege(n.oid, need)
   AND (need = 'USAGE' OR NOT EXISTS (
       SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'stage'))
UNION ALL
SELECT 'CREATE on the database (or a schema rsvped_seed of its own)'
 WHERE to_regnamespace('rsvped_seed') IS NULL
   AND NOT has_database_privilege(current_database(), 'CREATE')
"""


def check_rights(connection: psycopg.Connection, schema: str) -> None:
    """Make sure that a run may read and write what it has to.

    Args:
        connection: To the database.
        schema: The schema of the app's tables; those that are not there do not count.

    Raises:
        DatabaseError: Naming each right that is missing.
    """
    tables = sorted(set(expected_tables()) - NEVER_FILLED)
    rows = connection.execute(_LACKING, {"schema": schema, "tables": tables})
    lacking = sorted(right for (right,) in rows)
    if lacking:
        more = len(lacking) - NAMED
        raise DatabaseError(
            f"the role {connection.info.user!r} lacks rights in the database "
            f"{connection.info.dbname!r}: {', '.join(lacking[:NAMED])}"
            + (f" and {more} more" if more > 0 else "")
            + f"; {ADVICE}"
        )
