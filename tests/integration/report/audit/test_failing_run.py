"""A run whose rows contradict each other fails, and leaves all that explains it."""

import psycopg
from program import Program

from tasks.database.connect import Target
from tasks.report.page import REPORT_FILE

ONE_CITY = (
    *("--source", "recorded", "--edition", "one", "--as-of", "2026-11-16"),
    *("--cities", "lisbon"),
)
# what a migration of the app might do to rows that pass by
LIE = """
CREATE FUNCTION lie() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW."rsvpCount" := NEW."rsvpCount" + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER lie BEFORE INSERT ON "Event" FOR EACH ROW EXECUTE FUNCTION lie();
"""


def test_contradiction_fails_the_run_behind_its_report(
    program: Program, database: Target
) -> None:
    """The rule is named, and audit.json and the report are there to look at."""
    with psycopg.connect(database.conninfo) as connection:
        connection.execute(LIE.encode())
    running = program.seeing(DATABASE_URL=database.url)
    output = running.run(*ONE_CITY, code=1)
    assert "error: the loaded edition 'one' breaks rsvp-count" in output
    folder = program.home / "editions" / "one"
    assert '"rsvp-count' in (folder / "audit.json").read_text("utf-8")
    assert (folder / REPORT_FILE).is_file()
