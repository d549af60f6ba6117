"""The app's migrations go on: what still fits is loaded, what does not is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tasks.database.connect import Target, open_database
from tasks.database.contract import ensure_tables, expected_tables
from tasks.database.rehearsal import rehearse
from tasks.editions import World
from tasks.errors import DatabaseError
from tasks.stages import STAGE_BY_NAME
from tasks.stages.loading import StageReport, load_stage

WriteWorld = Callable[..., World]

FITS = {
    "a nullable column is added": 'ALTER TABLE "User" ADD nickname text',
    "a column with a default is added": (
        """ALTER TABLE "User" ADD locale text NOT NULL DEFAULT 'en'"""
    ),
    "a numbered column is added": 'ALTER TABLE "Event" ADD number serial NOT NULL',
    "a generated column is added": (
        'ALTER TABLE "User" ADD shout text GENERATED ALWAYS AS (upper(name)) STORED'
    ),
    "text becomes varchar": 'ALTER TABLE "User" ALTER name TYPE varchar',
    "text becomes a varchar that is long enough": (
        'ALTER TABLE "User" ALTER name TYPE varchar(40)'
    ),
    "int becomes bigint": (
        'ALTER TABLE "Order" ALTER "totalCents" TYPE bigint;'
        'ALTER TABLE "Payment" ALTER "amountCents" TYPE numeric'
    ),
    "text[] becomes varchar[]": (
        'ALTER TABLE "User" ALTER interests DROP DEFAULT,'
        " ALTER interests TYPE varchar[]"
    ),
    "a time gains digits": 'ALTER TABLE "User" ALTER "createdAt" TYPE timestamp(6)',
    "a time gains a zone": (
        """ALTER TABLE "Rsvp" ALTER "createdAt" TYPE timestamptz(3)
        USING "createdAt" AT TIME ZONE 'UTC'"""
    ),
    "an enum becomes text": (
        'ALTER TABLE "User" ALTER "spendingPower" TYPE text USING "spendingPower"::text'
    ),
    "a column that we leave to the app is dropped": (
        'ALTER TABLE "Rsvp" DROP "waitlistPosition";'
        'ALTER TABLE "Event" DROP "deletedAt"'
    ),
    "the sign-in tables are dropped": (
        'DROP TABLE "Account"; DROP TABLE "Session"; DROP TABLE "VerificationToken"'
    ),
    "a label is added": """ALTER TYPE "SpendingPower" ADD VALUE 'LAVISH'""",
    "a label that no row has is removed": (
        """ALTER TYPE "SpendingPower" RENAME VALUE 'HIGH' TO 'GONE'"""
    ),
    "a table is added": (
        'CREATE TABLE "Badge" (id text PRIMARY KEY, "userId" text NOT NULL'
        ' REFERENCES "User" (id) ON DELETE CASCADE)'
    ),
    "a unique index is added": 'CREATE UNIQUE INDEX names ON "User" (lower(name))',
    "a unique index over a part is added": (
        """CREATE UNIQUE INDEX one ON "User" ("spendingPower") WHERE "isDemo" """
    ),
    "an index is added": 'CREATE INDEX ON "Event" (title)',
    "a check is added": 'ALTER TABLE "Order" ADD CHECK ("totalCents" >= 0)',
    "a foreign key is added": (
        'ALTER TABLE "EventView" ADD CONSTRAINT v FOREIGN KEY ("userId")'
        ' REFERENCES "User" (id)'
    ),
    "a column that we always fill becomes NOT NULL": (
        'ALTER TABLE "User" ALTER email SET NOT NULL'
    ),
    "a column loses its NOT NULL": 'ALTER TABLE "User" ALTER role DROP NOT NULL',
    "a default is changed": ("""ALTER TABLE "User" ALTER role SET DEFAULT 'ADMIN'"""),
    "a default is dropped": """ALTER TABLE "User" ALTER "spendingPower" DROP DEFAULT""",
    "a trigger is added": (
        """CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN NEW.bio := 'noted'; RETURN NEW; END$$;
        CREATE TRIGGER note BEFORE INSERT ON "User"
        FOR EACH ROW EXECUTE FUNCTION note()"""
    ),
    "a table is partitioned": (
        'DROP TABLE "EventDailyStat"; CREATE TABLE "EventDailyStat" (id text NOT NULL,'
        ' "eventId" text NOT NULL, date timestamp(3) NOT NULL,'
        ' views integer DEFAULT 0 NOT NULL, "uniqueViews" integer DEFAULT 0 NOT NULL,'
        ' rsvps integer DEFAULT 0 NOT NULL, "paidRsvps" integer DEFAULT 0 NOT NULL)'
        ' PARTITION BY HASH (id); CREATE TABLE s PARTITION OF "EventDailyStat"'
        " FOR VALUES WITH (MODULUS 1, REMAINDER 0)"
    ),
}
REFUSED = {
    "a required column is added": (
        'ALTER TABLE "User" ADD handle text NOT NULL',
        "column User.handle is new, NOT NULL and without default",
    ),
    "a column is renamed": (
        'ALTER TABLE "Event" RENAME title TO headline',
        "column Event.title is missing",
    ),
    "a column that we fill is dropped": (
        'ALTER TABLE "Event" DROP slug',
        "column Event.slug is missing",
    ),
    "text becomes int": (
        'ALTER TABLE "User" ALTER bio TYPE integer USING 0',
        "column User.bio is integer, not text",
    ),
    "a time loses its digits": (
        'ALTER TABLE "Rsvp" ALTER "createdAt" TYPE timestamp(0)',
        "column Rsvp.createdAt is timestamp(0) without time zone",
    ),
    "text becomes a varchar that is too short": (
        'ALTER TABLE "User" ALTER name TYPE varchar(5)',
        "table 'User', column 'name': value too long for type character varying(5)",
    ),
    "a label that rows have is removed": (
        """ALTER TYPE "SpendingPower" RENAME VALUE 'LOW' TO 'FRUGAL'""",
        (
            "table 'User', column 'spendingPower': invalid input value for enum "
            '"SpendingPower": "LOW"'
        ),
    ),
    "a label of the demo user's stage is removed": (
        """ALTER TYPE "FriendshipStatus" RENAME VALUE 'PENDING' TO 'ASKED'""",
        "table 'Friendship', column 'status'",
    ),
    "a table is missing": ('DROP TABLE "CheckIn"', "table 'CheckIn' is missing"),
    "a table is a view": (
        'ALTER TABLE "CheckIn" RENAME TO c; CREATE VIEW "CheckIn" AS TABLE c',
        "'CheckIn' is a view, not a table",
    ),
    "a unique index is broken": (
        'CREATE UNIQUE INDEX title_once ON "Event" (title)',
        (
            "table 'Event', constraint 'title_once': could not create unique index "
            '"title_once" (Key (title)=(Bits) is duplicated.)'
        ),
    ),
    "a unique index is broken over two stages": (
        'CREATE UNIQUE INDEX one_event ON "Rsvp" ("eventId")',
        "table 'Rsvp', constraint 'one_event'",
    ),
    "a check is broken": (
        'ALTER TABLE "Order" ADD CONSTRAINT cheap CHECK ("totalCents" < 100)',
        "table 'Order', constraint 'cheap': ",
    ),
    "a foreign key is broken": (
        (
            'CREATE TABLE "Currency" (code text PRIMARY KEY);'
            'ALTER TABLE "Payment" ADD CONSTRAINT known FOREIGN KEY (currency)'
            ' REFERENCES "Currency" (code)'
        ),
        "table 'Payment', constraint 'known' (currency): 'USD' is not in 'Currency'",
    ),
    "a foreign key refers to what comes later": (
        (
            'ALTER TABLE "User" ADD CONSTRAINT later FOREIGN KEY (name)'
            ' REFERENCES "Community" (slug)'
        ),
        "table 'User', constraint 'later' (name): ",
    ),
    "a column that we sometimes fill becomes NOT NULL": (
        'ALTER TABLE "EventFeedback" ALTER comment SET NOT NULL',
        "table 'EventFeedback', column 'comment': null value in column",
    ),
    "a column that we leave to the app becomes NOT NULL": (
        'ALTER TABLE "Rsvp" ALTER "waitlistPosition" SET NOT NULL',
        "column Rsvp.waitlistPosition is NOT NULL and without default",
    ),
    "a column that we fill is generated": (
        (
            'ALTER TABLE "User" DROP name,'
            " ADD name text GENERATED ALWAYS AS (upper(email)) STORED"
        ),
        "column User.name is generated, not filled",
    ),
}


def migrate(target: Target, statements: str) -> None:
    """Change the tables as one of the app's migrations would."""
    with psycopg.connect(target.conninfo) as connection:
        connection.execute(statements.encode())


def check(connection: psycopg.Connection, folder: Path, world: World) -> None:
    """Do what a run does before it loads: both looks at the tables."""
    files: dict[str, list[Path]] = {}
    for stage in world.stages:
        for file in stage.tables:
            files.setdefault(file.table, []).append(folder / file.path)
    ensure_tables(connection, create=False)
    rehearse(connection, files)


@pytest.fixture(scope="module")
def unchanged(new_lasting_database: Callable[..., Target]) -> Target:
    """A database whose tables every test leaves as they were."""
    return new_lasting_database()


def load(target: Target, folder: Path, world: World) -> dict[str, StageReport]:
    with open_database(target) as connection:
        return {
            files.stage: load_stage(connection, folder, files, world, result_key="r")
            for files in world.stages
        }


def counts(target: Target) -> dict[str, int]:
    """The number of rows of each table of the contract that is there."""
    found: dict[str, int] = {}
    with psycopg.connect(target.conninfo, autocommit=True) as connection:
        for table in expected_tables():
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            try:
                row: Any = connection.execute(query).fetchone()
            except psycopg.errors.UndefinedTable:
                continue
            found[table] = row[0]
    return found


@pytest.mark.parametrize("change", FITS)
def test_what_still_fits_is_loaded(
    database: Target, tmp_path: Path, write_world: WriteWorld, change: str
) -> None:
    """A change that leaves room for every row stops nothing, nor a second load."""
    world = write_world(tmp_path)
    migrate(database, FITS[change])
    with open_database(database) as connection:
        check(connection, tmp_path, world)
    load(database, tmp_path, world)
    wanted: dict[str, int] = {}
    for stage in world.stages:
        for file in stage.tables:
            wanted[file.table] = wanted.get(file.table, 0) + file.rows
    assert {t: n for t, n in counts(database).items() if n} == wanted
    assert all(report.already for report in load(database, tmp_path, world).values())


@pytest.mark.parametrize("change", REFUSED)
def test_what_does_not_fit_is_named_before_anything_is_written(
    unchanged: Target, tmp_path: Path, write_world: WriteWorld, change: str
) -> None:
    """One message names the table, the column or rule, and what to do; no row is in."""
    statements, said = REFUSED[change]
    world = write_world(tmp_path)
    with (
        open_database(unchanged) as connection,
        connection.transaction(force_rollback=True),
    ):
        connection.execute(statements.encode())
        with pytest.raises(DatabaseError, match="give another database") as refusal:
            check(connection, tmp_path, world)
    assert said in str(refusal.value)
    assert "rsvped_trial" not in str(refusal.value)
    assert not any(counts(unchanged).values())


def test_all_misfits_stand_in_one_message(
    unchanged: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Whoever mends the tables sees all of it at once."""
    with (
        open_database(unchanged) as connection,
        connection.transaction(force_rollback=True),
    ):
        for change in ("a check is broken", "a label that rows have is removed"):
            connection.execute(REFUSED[change][0].encode())
        with pytest.raises(DatabaseError) as refusal:
            check(connection, tmp_path, write_world(tmp_path))
    assert "'cheap'" in str(refusal.value)
    assert "'spendingPower'" in str(refusal.value)


def test_rehearsal_leaves_no_trace(
    unchanged: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The copies are gone afterwards, and unchanged tables are not even copied."""
    world = write_world(tmp_path)
    with (
        open_database(unchanged) as connection,
        connection.transaction(force_rollback=True),
    ):
        files = {
            file.table: [tmp_path / file.path]
            for stage in world.stages
            for file in stage.tables
        }
        rehearse(connection, {table: [Path("none")] for table in files})
        connection.execute('CREATE UNIQUE INDEX ON "User" (name)')
        rehearse(connection, files)
        found = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relpersistence = 't'"
        ).fetchone()
    assert found == (0,)


@pytest.mark.parametrize(
    ("change", "tables"),
    [
        ('ALTER TABLE "User" ADD nickname text', {"User"}),
        ('ALTER TABLE "Order" ALTER "totalCents" TYPE bigint', {"Order"}),
        ('ALTER TABLE "Event" ALTER title SET DEFAULT 1', {"Event"}),
        ("""ALTER TYPE "UserRole" ADD VALUE 'GUEST'""", set[str]()),
        ('CREATE UNIQUE INDEX ON "User" (name)', set[str]()),
    ],
)
def test_only_stages_of_a_changed_table_run_again(
    database: Target,
    tmp_path: Path,
    write_world: WriteWorld,
    change: str,
    tables: set[str],
) -> None:
    """Their keys change and no other; each updates nothing, and is done again."""
    world = write_world(tmp_path)
    before = {name: one.key for name, one in load(database, tmp_path, world).items()}
    rows = counts(database)
    migrate(database, change)
    with open_database(database) as connection:
        check(connection, tmp_path, world)
    reports = load(database, tmp_path, world)
    due = {name for name in before if tables & set(STAGE_BY_NAME[name].table_names)}
    assert {name for name, one in reports.items() if not one.already} == due
    assert {name for name, one in reports.items() if one.key != before[name]} == due
    assert counts(database) == rows
    assert all(report.already for report in load(database, tmp_path, world).values())


def test_a_trigger_that_refuses_is_named(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """What only loading shows names the stage and what the trigger said."""
    migrate(
        database,
        """CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'no orders today'; END$$;
        CREATE TRIGGER no BEFORE INSERT ON "Order"
        FOR EACH ROW EXECUTE FUNCTION no()""",
    )
    with pytest.raises(DatabaseError, match="no orders today") as refusal:
        load(database, tmp_path, write_world(tmp_path))
    assert "stage 'create-orders'" in str(refusal.value)
    assert counts(database)["Rsvp"] == 0


def test_a_trigger_that_drops_rows_is_named(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Rows that a trigger swallows are missed, and nothing of the stage is kept."""
    migrate(
        database,
        """CREATE FUNCTION drop() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RETURN NULL; END$$;
        CREATE TRIGGER swallow BEFORE INSERT ON "CheckIn"
        FOR EACH ROW EXECUTE FUNCTION drop()""",
    )
    with pytest.raises(DatabaseError, match="CheckIn: 1 rows were sent and 0 stored"):
        load(database, tmp_path, write_world(tmp_path))
    assert counts(database)["Order"] == 0
