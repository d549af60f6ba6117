"""The audit command on a small seeded database: what it says, and what it leaves."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from program import Program
from psycopg import sql

from tasks.database.connect import Target
from tasks.report.audit.catalogue import Need
from tasks.report.audit.checking import NEEDS
from tasks.report.page import REPORT_FILE

CITIES = ("--cities", "lisbon", "berlin")
EDITION = ("--edition", "small", "--as-of", "2026-11-16", *CITIES)
PLANTED = "Somebody Nobody Should Read Of"
RIGHTS = (  # all but SELECT and USAGE
    "INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public, rsvped_seed",
    "CREATE, TEMPORARY ON DATABASE {}",
)


def _on(database: Target, statement: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(database.display))  # pyright: ignore[reportArgumentType]  the test's own text


@pytest.fixture(scope="module")
def small(
    new_lasting_database: Callable[..., Target],
    tmp_path_factory: pytest.TempPathFactory,
    prefect_api: str,
) -> tuple[Program, Target]:
    """Two cities, seeded; and the program that seeded them."""
    database = new_lasting_database(tables=False)
    folder = tmp_path_factory.mktemp("small")
    program = Program(
        folder / "home", folder / "prefect", {"PREFECT_API_URL": prefect_api}
    ).seeing(DATABASE_URL=database.url)
    output = program.run(*EDITION, "--create-tables")
    assert "✓ audit" in output
    return program, database


def test_clean_database(small: tuple[Program, Target], tmp_path: Path) -> None:
    """A clean database gives 0, one line of verdict, and the result as a file."""
    program, _ = small
    path = tmp_path / "audit.json"
    output = program.run("audit", "--json", str(path))
    assert "edition small: clean: " in output
    result = json.loads(path.read_text())
    assert result["edition"] == "small"
    skipped = {rule["skipped"] for rule in result["rules"]} - {None}
    assert skipped == {NEEDS[Need.WHOLE_WORLD]}  # these are two cities


def test_broken_database(small: tuple[Program, Target], tmp_path: Path) -> None:
    """A broken rule gives 1 and the rows' ids, but nothing that stands in them."""
    program, database = small
    path = tmp_path / "audit.json"
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        before = connection.execute(
            'SELECT id, name FROM "Rsvp" WHERE "userId" IS NOT NULL ORDER BY id LIMIT 1'
        ).fetchone()
        assert before is not None
        rename = 'UPDATE "Rsvp" SET name = %s WHERE id = %s'
        connection.execute(rename, [PLANTED, before[0]])
        try:
            output = program.run("audit", "--json", str(path), code=1)
        finally:
            connection.execute(rename, [before[1], before[0]])
    assert "member-rsvp-names-the-member" in output
    assert before[0] in output
    assert PLANTED not in output + path.read_text()


def test_one_rule(small: tuple[Program, Target]) -> None:
    """Only the rules named are tried."""
    program, _ = small
    output = program.run("audit", "--rule", "nobody-in-two-places", "id-format")
    assert "clean: 2 rules hold" in output


def test_read_only_role(small: tuple[Program, Target]) -> None:
    """A role that may read, but make nothing, not even a temporary table, is enough."""
    program, database = small
    with psycopg.connect(database.conninfo, autocommit=True) as owner:
        # an owner may take from itself all but the right to give it back
        for right in RIGHTS:
            owner.execute(_on(database, f"REVOKE {right} FROM CURRENT_USER, PUBLIC"))
        try:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute("CREATE TEMPORARY TABLE more (id text)")
            assert "clean: " in program.run("audit")
            owner.execute('REVOKE SELECT ON "Payment" FROM CURRENT_USER')
            output = program.run("audit", code=2)
        finally:
            owner.execute('GRANT SELECT ON "Payment" TO CURRENT_USER')
            for right in RIGHTS:
                owner.execute(_on(database, f"GRANT {right} TO CURRENT_USER"))
    assert "permission denied for table Payment" in output
    assert "needs SELECT" in output


def test_audit_changes_nothing(small: tuple[Program, Target]) -> None:
    """A database in which nothing can be written is audited as any other."""
    program, database = small
    locked = database.url + "&options=" + quote("-c default_transaction_read_only=on")
    assert "clean: " in program.seeing(DATABASE_URL=locked).run("audit")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--rule", "no-such-rule"), "there is no rule 'no-such-rule'"),
        (("--edition", "other"), "holds edition 'small', not 'other'"),
        (("--show-values",), "only a terminal"),
        (("--sample", "-1"), "'-1' is no count"),
        (("--json", "/nowhere/at/all/audit.json"), "no folder for the file"),
    ],
)
def test_unusable_words(
    small: tuple[Program, Target], words: tuple[str, ...], says: str
) -> None:
    """What cannot be done gives 2 and one clear message."""
    program, _ = small
    output = program.run("audit", *words, code=2)
    assert says in output
    assert "Traceback" not in output


def test_databases_that_cannot_be_audited(
    small: tuple[Program, Target], new_database: Callable[..., Target]
) -> None:
    """An empty database, and one of another app, give 2 and the next step."""
    program, _ = small
    empty = program.seeing(DATABASE_URL=new_database().url)
    assert "--as-of" in empty.run("audit", code=2)
    other = program.seeing(DATABASE_URL=new_database(tables=False).url)
    output = other.run("audit", "--as-of", "2026-11-16", code=2)
    assert "not the RSVPed app's database" in output


def test_database_without_ledger(
    small: tuple[Program, Target], new_database: Callable[..., Target]
) -> None:
    """Tables that the seeder did not fill are audited as of a day that is given."""
    program, _ = small
    foreign = program.seeing(DATABASE_URL=new_database().url)
    output = foreign.run("audit", "--as-of", "2026-11-16", code=1)
    assert "demo-account" in output
    assert "not tried" in output


def test_failing_audit_fails_the_run(
    program: Program, new_database: Callable[..., Target]
) -> None:
    """Contradicting rows fail a run, by name, and behind the report that shows them."""
    database = new_database()
    with psycopg.connect(database.conninfo) as connection:
        connection.execute(
            """CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN NEW.rating := 9; RETURN NEW; END $$;
               CREATE TRIGGER spoil BEFORE INSERT ON "EventFeedback"
               FOR EACH ROW EXECUTE FUNCTION spoil();"""
        )
    output = program.seeing(DATABASE_URL=database.url).run(*EDITION, code=1)
    assert "the loaded edition 'small' breaks" in output
    assert "rating-one-to-five" in output
    assert "Traceback" not in output
    assert (program.home / "editions" / "small" / REPORT_FILE).is_file()
