"""The parameters of a run: their words, choices and descriptions, for all who ask.

The command line's help and the form in Prefect's UI say the same because both are
made from this module. It imports no more than the vocabulary, to be quick.
"""

from enum import StrEnum
from typing import Final

from tasks.generate.service import BUDGET_USD, POLL_SECONDS, WAIT_MINUTES


class Wipe(StrEnum):
    """What is deleted before loading."""

    NONE = "none"
    SEEDED = "seeded"
    ALL = "all"


class Part(StrEnum):
    """A third of the program that runs alone."""

    GENERATE = "generate"
    PROCESS = "process"
    SEED = "seed"


class Step(StrEnum):
    """Every step of a run, in order; the last ten are the database stages."""

    COMMUNITIES = "communities"
    USERS = "users"
    VENUES = "venues"
    PROCESS = "process"
    MATCH = "match"
    LOAD_STATIC = "load-static"
    CREATE_USERS = "create-users"
    CREATE_COMMUNITIES = "create-communities"
    CREATE_EVENTS = "create-events"
    CREATE_TICKETS = "create-tickets"
    CREATE_ORDERS = "create-orders"
    CREATE_FRIENDSHIPS = "create-friendships"
    BACKFILL_ACTIVITIES = "backfill-activities"
    ANALYTICS = "analytics"
    DEMO_USER = "demo-user"


STEPS: Final = tuple(Step)
PASS_STEPS: Final = STEPS[:3]
PROCESS_STEPS: Final = STEPS[3:5]
STAGE_STEPS: Final = STEPS[5:]
STEPS_OF: Final = {
    Part.GENERATE: PASS_STEPS,
    Part.PROCESS: PROCESS_STEPS,
    Part.SEED: STAGE_STEPS,
}
MAX_PEOPLE: Final = 100_000  # beyond it the friendships no longer fit in memory
MAX_COMMUNITIES: Final = 20_000  # thirty times what the largest city page can show
MAX_EDITIONS: Final = 1_000  # twenty years of weeks
MAX_MIN_EVENTS: Final = 500  # more repeats of one series than days to put them on

EDITION: Final = (
    "Name of the world, by default the ISO week of the run's scheduled start, as in "
    "2026-W47. Running an edition again resumes it."
)
AS_OF: Final = (
    "The world's today (YYYY-MM-DD, midnight UTC), by default the day on which the "
    "edition is first made. Events lie around it, all else before it."
)
SEED: Final = (
    "What the dice are cast from; by default the edition's name, so that every week "
    "is fresh and each can be made again."
)
SOURCE: Final = (
    "Who answers the three passes: claude (Anthropic's Message Batches, needs "
    "ANTHROPIC_API_KEY), recorded (the edition that ships with the project) or faker "
    "(no prose that hangs together). By default faker if USE_LLM=false, else claude "
    "if a key is set, else recorded."
)
MODEL: Final = (
    "Which model answers the source claude; by default claude-haiku-4-5-20251001. "
    "Settled with the edition."
)
BUDGET: Final = (
    f"The most dollars that an edition's live answers may cost, by default "
    f"{BUDGET_USD:g}: a run estimated above is refused, and stops between passes."
)
POLL: Final = f"Seconds between two looks at a live batch, by default {POLL_SECONDS:g}."
WAIT: Final = (
    f"Minutes to wait for one live batch, by default {WAIT_MINUTES:g}; then the run "
    "stops, and goes on with the same batch when it is run again."
)
YES: Final = "Do not ask before live answers are paid for."
PEOPLE: Final = "How many people to make in all; by default as many as the source has."
COMMUNITIES: Final = (
    "How many communities to make in all; by default as many as the source has."
)
CITIES: Final = "Make these cities only (slugs); by default all."
SKIP_CITY: Final = "Go on without this city, for instance when its answers are bad."
MIN_EVENTS_PER_CITY: Final = (
    "A city with fewer events repeats its own series on other dates until it has "
    "this many; by default MIN_EVENTS_PER_CITY, else 15."
)
WIPE: Final = (
    "What to delete before loading: none; seeded, which removes other worlds that "
    "this program made with what visitors did as the demo user, and nothing else; or "
    "all, which empties the app's tables and wants the database's name."
)
RELEASE: Final = (
    "With wipe seeded: where people's rows refer to seeded ones (an RSVP, a "
    "friendship), leave them those for good, under names of their own. Without it "
    "such rows stop the run, listed."
)
TYPED_NAME: Final = (
    "The database's exact name, typed as confirmation; what counts is where the live "
    "connection leads, not what DATABASE_URL says."
)
CONFIRM_DATABASE: Final = f"With wipe all: {TYPED_NAME[0].lower()}{TYPED_NAME[1:]}"
ONLY: Final = "Run one part alone: generate, process or seed."
STOP_AFTER: Final = "Stop after this step; the next run goes on from there."
CREATE_TABLES: Final = (
    "Create the app's tables in a database that has none. The embedded server needs "
    "no such permission."
)
KEEP_EDITIONS: Final = (
    "After a run that went well, keep the files of so many editions, the newest, and "
    "of those in this database; by default KEEP_EDITIONS, else all. Answers that were "
    "paid for stay in any case."
)
DRY_RUN: Final = "Build the whole world on disk, but load nothing into the database."
