"""Whether a database can be filled at all: asked before anything is made for it."""

from tasks.database.connect import Target, check_server, open_database
from tasks.database.contract import ensure_tables
from tasks.database.rights import check_rights


def check_database(target: Target, *, create_tables: bool) -> None:
    """Make sure that a database can be filled; nothing is written.

    Args:
        target: The database.
        create_tables: Whether the run may make the app's tables; they are tried
            here and rolled back.

    Raises:
        DatabaseError: It does not answer, is not PostgreSQL, or holds other tables
            of the same names, or the role lacks a right.
    """
    with open_database(target, autocommit=True) as connection:
        check_server(connection)
        check_rights(connection, target.schema)
        if not create_tables:
            ensure_tables(connection, create=False)
            return
        with connection.transaction(force_rollback=True):
            ensure_tables(connection, create=True)


def prepare_database(target: Target, *, create_tables: bool) -> None:
    """Make the app's tables where they may be made, and check them elsewhere."""
    with open_database(target, autocommit=True) as connection:
        ensure_tables(connection, create=create_tables)
