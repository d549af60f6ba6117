"""Week after week over one database that people use: nothing of theirs is harmed.

Each week visitors try the demo account, and real people live their own lives beside
the seeded world, through the app. Then the next edition takes the place of the last.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from app import App
from program import Program
from psycopg import sql

from tasks.database.connect import open_database
from tasks.database.foreign_keys import children_first, index_keys, read_foreign_keys
from tasks.editions import edition_of
from tasks.report.audit.catalogue import load_rules
from tasks.report.audit.conduct import Scope, conduct
from tasks.report.audit.references import read_answers
from tasks.report.audit.subject import read_subject

if TYPE_CHECKING:
    from tasks.database.connect import Target

FIRST_WEEK: Final = date(2026, 11, 16)
WEEK: Final = timedelta(weeks=1)
CITIES: Final = ("lisbon", "tokyo", "berlin")
KEPT: Final = 2  # editions
PAUSE_S: Final = 0.05  # between two things that people do beside a run
MAX_GROWTH: Final = 1.15  # from one week to another; their worlds differ in size
COUNTERS: Final = (
    *("rsvpCount", "paidRsvpCount", "checkInCount", "viewCount", "updatedAt"),
    *("quantitySold", "rsvps", "paidRsvps", "views", "uniqueViews"),
)
STRANGERS: Final = 'SELECT id FROM "User" WHERE NOT "isDemo" ORDER BY id'
# rows of a counted thing beside the counter
MISCOUNTED: Final = """
SELECT e.id FROM "Event" e
 WHERE e."rsvpCount" <> (SELECT count(*) FROM "Rsvp" r
        WHERE r."eventId" = e.id AND r.status = 'CONFIRMED')
    OR e."viewCount" <> (SELECT count(*) FROM "EventView" v WHERE v."eventId" = e.id)
    OR e."checkInCount" <> (SELECT count(*) FROM "CheckIn" c
        JOIN "Rsvp" r ON r.id = c."rsvpId" WHERE r."eventId" = e.id)
UNION ALL
SELECT t.id FROM "TicketTier" t
 WHERE t."quantitySold" <> (SELECT coalesce(sum(i.quantity), 0) FROM "OrderItem" i
        JOIN "Order" o ON o.id = i."orderId"
       WHERE i."ticketTierId" = t.id AND o.status = 'PAID')
"""


@dataclass
class Town:
    """The real people, and what is theirs: per table the ids of their rows."""

    people: list[str] = field(default_factory=list[str])
    events: list[str] = field(default_factory=list[str])
    communities: list[str] = field(default_factory=list[str])
    rows: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def keep(self, app: App) -> None:
        """Note what the app has written since as theirs."""
        for table, key in app.written:
            self.rows.setdefault(table, []).append(key)
        app.written.clear()


def live_a_week(app: App, town: Town) -> None:
    """Let three more real people come, meet, found, host and go to things."""
    newcomers = [app.sign_up(name, "lisbon") for name in ("Mara", "Nuno", "Oda")]
    town.people += newcomers
    town.communities.append(app.found_community(newcomers[0], "Real knots"))
    event = app.create_event(newcomers[0], "Real knots, live", "lisbon", 900)
    town.events.append(event)
    for person in newcomers[1:]:
        app.join(person, town.communities[-1])
        app.view(person, event)
        rsvp = app.rsvp(person, event)
        assert rsvp is not None
        app.check_in(rsvp, event)
        app.review(rsvp, event, 5, "Good rope")
    app.write(newcomers[2], event, "See you there")
    friendship = app.ask_friend(newcomers[1], town.people[0])
    if friendship:
        app.accept_friend(friendship)
    town.keep(app)


def try_the_demo(app: App) -> None:
    """Let visitors click about as Alex Demo, in the seeded world and the real one."""
    demo = app.demo_user()
    assert demo is not None
    upcoming = app.upcoming()
    for event in upcoming:
        app.view(demo, event)
        app.rsvp(demo, event)
    app.write(demo, upcoming[0], "Anybody here?")
    for person in app.ids(STRANGERS)[:5]:
        app.ask_friend(demo, person)
    app.join(demo, app.ids('SELECT id FROM "Community" ORDER BY id LIMIT 1')[0])
    app.create_event(demo, "Alex invites", "lisbon", 0)
    app.written.clear()


def rows_of(database: "Target", town: Town) -> dict[str, list[dict[str, Any]]]:
    """Give the real people's rows as they stand, their counters aside."""
    statement = (
        "SELECT to_jsonb(own) - %s::text[] FROM {} AS own"
        " WHERE id = ANY(%s) ORDER BY id"
    )
    with psycopg.connect(database.conninfo) as connection:
        return {
            table: [
                row
                for (row,) in connection.execute(
                    sql.SQL(statement).format(sql.Identifier(table)),
                    [list(COUNTERS), ids],
                )
            ]
            for table, ids in town.rows.items()
        }


def broken_rules(database: "Target", folder: Path, town: Town) -> dict[str, int]:
    """Audit the seeded world alone: what the real people made is set aside."""
    with open_database(database) as connection:
        keys = read_foreign_keys(connection)
        index_keys(connection, keys)  # else each person reads whole tables
        for table in (one for one in children_first(keys) if one in town.rows):
            statement = sql.SQL("DELETE FROM {} WHERE id = ANY(%s)")
            connection.execute(
                statement.format(sql.Identifier(table)), [town.rows[table]]
            )
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        found = conduct(
            connection,
            read_subject(connection, None),
            read_answers(folder),
            Scope(load_rules(), samples=1, measures=False),
            database.display,
        )
        connection.rollback()
    return {rule.name: rule.violations for rule in found.result.broken}


@dataclass(frozen=True)
class Size:
    """What a week leaves behind, in bytes and rows."""

    database: int
    dead_rows: int
    files: int
    editions: int


def measure(database: "Target", home: Path) -> Size:
    """Measure tables with their indexes, dead rows, and what the seeder has on disk."""
    with psycopg.connect(database.conninfo) as connection:
        total, dead = connection.execute(
            "SELECT sum(pg_total_relation_size(relid)), sum(n_dead_tup)"
            " FROM pg_stat_user_tables WHERE schemaname = 'public'"
        ).fetchall()[0]
    files = [path for path in home.rglob("*") if path.is_file()]
    return Size(
        database=int(total),
        dead_rows=int(dead),
        files=sum(
            path.stat().st_size for path in files if "postgres" not in path.parts
        ),
        editions=len(list((home / "editions").iterdir())),
    )


@contextmanager
def visiting(
    database: "Target", town: Town, seed: str, now: datetime
) -> Generator[None]:
    """Let real people and visitors of the demo go on while the block is carried out."""
    over, failures, done = Event(), list[Exception](), list[int]()

    def visit() -> None:
        with psycopg.connect(database.conninfo, autocommit=True) as connection:
            app = App(connection, seed, now)
            while not over.wait(PAUSE_S):
                try:
                    done.append(click(app, town))
                except psycopg.errors.ForeignKeyViolation:
                    app.written.clear()  # the page's event is gone: an error page
                except psycopg.Error as error:
                    failures.append(error)
                    return

    thread = Thread(target=visit)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert failures == []
    assert len(done) > 20


def click(app: App, town: Town) -> int:
    """Do one thing as a real person among themselves, and one as Alex."""
    person = app.sign_up("Pia")
    town.people.append(person)
    app.rsvp(person, app.choose(town.events))
    app.ask_friend(person, app.choose(town.people[:-1]))
    town.keep(app)
    demo, events = app.demo_user(), app.upcoming()
    if demo and events:
        app.rsvp(demo, app.choose(events))
        app.ask_friend(demo, app.choose(app.ids(STRANGERS)))
    app.written.clear()
    return 1


@pytest.mark.parametrize(
    ("weeks", "cities"),
    [
        pytest.param(3, CITIES, id="three"),
        pytest.param(12, (), id="twelve", marks=pytest.mark.whole),
    ],
)
def test_weeks_in_a_row(
    program: Program,
    new_database: Callable[..., "Target"],
    record_property: Callable[[str, object], None],
    weeks: int,
    cities: tuple[str, ...],
) -> None:
    """The seeded world is replaced clean each week; people's rows, sizes, files stay.

    In the second week people go on using the app while the database is filled.
    """
    database = new_database()
    home = program.home
    runs = program.seeing(DATABASE_URL=database.url)
    town, sizes = Town(), list[Size]()
    for number in range(weeks):
        day = FIRST_WEEK + number * WEEK
        now = datetime.combine(day, time(3), UTC)
        arguments = (
            *("--source", "recorded", "--as-of", day.isoformat(), "--wipe", "seeded"),
            *("--edition", edition_of(now), "--keep-editions", str(KEPT)),
            *(("--cities", *cities) if cities else ()),
        )
        before = rows_of(database, town)
        if number == 1:
            with visiting(database, town, f"beside {number}", now):
                runs.run(*arguments)
        else:
            runs.run(*arguments)
            folder = home / "editions" / edition_of(now)
            assert broken_rules(database, folder, town) == {}
        after = rows_of(database, town)
        for table, rows in before.items():
            kept = {row["id"] for row in rows}
            assert [row for row in after[table] if row["id"] in kept] == rows
        for table, ids in town.rows.items():
            assert [row["id"] for row in after[table]] == sorted(ids)
        with psycopg.connect(database.conninfo, autocommit=True) as connection:
            assert connection.execute(MISCOUNTED.encode()).fetchall() == []
            sizes.append(measure(database, home))
            record_property(edition_of(now), str(sizes[-1]))
            app = App(connection, edition_of(now), now + timedelta(hours=9))
            live_a_week(app, town)
            try_the_demo(app)
    assert [size.editions for size in sizes] == [
        min(number, KEPT) for number in range(1, weeks + 1)
    ]
    assert sizes[-1].database < MAX_GROWTH * sizes[1].database
    assert sizes[-1].files < MAX_GROWTH * sizes[1].files
