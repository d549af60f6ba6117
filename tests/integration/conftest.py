"""A tiny world for the stages, and the full edition, seeded by the program itself."""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests is no package

from program import Program, Seeded, prefect_server

from matching.draws import key_of
from tasks.database.connect import Target
from tasks.database.placing import locked
from tasks.editions import StageFiles, TableFile, World, digest_file
from tasks.process.identity import STATIC_TAG, static_ids
from tasks.stages import STAGES

MOMENT = datetime(2026, 11, 16, 9, 30, 15, 123000, tzinfo=UTC)
DEMO_EMAIL = "demo@rsvped.app"
Tables = dict[str, dict[str, list[dict[str, Any]]]]


def row_id(tag: str, *parts: str) -> str:
    """An id as the seeder makes them: c, the tag, 19 characters of a hash."""
    digest = hashlib.blake2b("/".join(parts).encode()).hexdigest()
    return f"c{tag}{digest[:19]}"


def _rows_of(tag: str) -> Tables:
    def own(*parts: str) -> str:
        return row_id(tag, *parts)

    # the program's own id: a world of the program may follow this one
    demo = static_ids("User", pl.Series([key_of(DEMO_EMAIL)], dtype=pl.UInt64))[0]
    tech, berlin = row_id(STATIC_TAG, "Category", "tech"), row_id(STATIC_TAG, "berlin")
    ada, bea = own("User", "ada"), own("User", "bea")
    community, event = own("Community"), own("Event", "1")
    tier, question, referral = own("Tier"), own("Question"), own("Referral")

    def user(key: str, name: str, email: str) -> dict[str, Any]:
        return {
            "id": key,
            "name": name,
            "email": email,
            "createdAt": MOMENT,
            "locationId": berlin,
            "interests": ["Tech", 'a "quoted" \\ one'],
            "spendingPower": "LOW",
            "isDemo": key == demo,
        }

    def attendance(person: str, name: str) -> dict[str, list[dict[str, Any]]]:
        order, rsvp = own("Order", name), own("Rsvp", name)
        payment = own("Payment", name)
        return {
            "Order": [
                {
                    "id": order,
                    "eventId": event,
                    "purchaserEmail": f"{name}@example.com",
                    "status": "PAID",
                    "totalCents": 500,
                    "updatedAt": MOMENT,
                }
            ],
            "OrderItem": [
                {
                    "id": own("Item", name),
                    "orderId": order,
                    "ticketTierId": tier,
                    "quantity": 1,
                    "priceCents": 500,
                }
            ],
            "Payment": [
                {
                    "id": payment,
                    "orderId": order,
                    "provider": "stripe",
                    "status": "SUCCEEDED",
                    "amountCents": 500,
                    "currency": "USD",
                    "updatedAt": MOMENT,
                }
            ],
            "Refund": [
                {"id": own("Refund", name), "paymentId": payment, "amountCents": 500}
            ],
            "Rsvp": [
                {
                    "id": rsvp,
                    "eventId": event,
                    "ticketTierId": tier,
                    "userId": person,
                    "orderId": order,
                    "email": f"{name}@example.com",
                    "referralId": referral,
                    "createdAt": MOMENT,
                }
            ],
            "RegistrationAnswer": [
                {
                    "id": own("Answer", name),
                    "rsvpId": rsvp,
                    "questionId": question,
                    "value": "",
                }
            ],
            "CheckIn": [{"id": own("CheckIn", name), "rsvpId": rsvp}],
            "EventFeedback": [
                {
                    "id": own("Feedback", name),
                    "eventId": event,
                    "rsvpId": rsvp,
                    "rating": 5,
                    "comment": None,
                }
            ],
            "EventCollaborator": [
                {
                    "id": own("Helper", name),
                    "eventId": event,
                    "userId": person,
                    "role": "MANAGER",
                }
            ],
            "EventView": [
                {"id": own("View", name), "eventId": event, "userId": person}
            ],
        }

    def friendship(other: str, name: str) -> list[dict[str, Any]]:
        key = own("Friendship", name)
        return [{"id": key, "userId": ada, "friendId": other, "status": "PENDING"}]

    def activity(person: str, name: str) -> list[dict[str, Any]]:
        fact = {"type": "RSVP_EVENT", "targetId": event, "targetType": "event"}
        return [{"id": own("Activity", name), "userId": person, **fact}]

    def member(person: str, name: str) -> list[dict[str, Any]]:
        key = own("Member", name)
        return [{"id": key, "userId": person, "communityId": community}]

    return {
        "load-static": {
            "Category": [{"id": tech, "name": "Tech", "slug": "tech"}],
            "Location": [
                {
                    "id": berlin,
                    "name": "Berlin",
                    "slug": "berlin",
                    "country": "Germany",
                    "continent": "Europe",
                    "timezone": "Europe/Berlin",
                    "iconPath": "berlin-icon.png",
                    "createdAt": MOMENT,
                    "updatedAt": MOMENT,
                }
            ],
        },
        "create-users": {
            "User": [
                user(ada, "Ada", "ada@example.com"),
                user(bea, "Bea", "bea@example.com"),
                user(demo, "Alex Demo", DEMO_EMAIL),
            ],
            "UserCategory": [{"userId": ada, "categoryId": tech, "interestLevel": 9}],
        },
        "create-communities": {
            "Community": [
                {
                    "id": community,
                    "name": "Bits",
                    "slug": "bits",
                    "ownerId": ada,
                    "updatedAt": MOMENT,
                }
            ],
            "MembershipTier": [
                {
                    "id": own("Membership"),
                    "communityId": community,
                    "name": "Free",
                    "slug": "free",
                    "benefits": [],
                }
            ],
            "CommunityMembership": member(ada, "ada"),
        },
        "create-events": {
            "Event": [
                {
                    "id": own("Event", number),
                    "slug": f"bits-{number}",
                    "title": "Bits",
                    "startDate": MOMENT,
                    "endDate": MOMENT,
                    "locationType": "PHYSICAL",
                    "hostId": ada,
                    "communityId": community,
                    "updatedAt": MOMENT,
                    "locationId": berlin,
                }
                for number in ("2", "1")
            ],
            "EventCategory": [{"eventId": event, "categoryId": tech}],
        },
        "create-tickets": {
            "TicketTier": [
                {"id": tier, "eventId": event, "name": "Seat", "priceCents": 500}
            ],
            "PromoCode": [
                {
                    "id": own("Promo"),
                    "eventId": event,
                    "code": "BITS",
                    "discountType": "PERCENT",
                }
            ],
            "PromoCodeTier": [{"promoCodeId": own("Promo"), "ticketTierId": tier}],
            "RegistrationQuestion": [
                {
                    "id": question,
                    "eventId": event,
                    "type": "CHECKBOX",
                    "label": "Sure?",
                    "position": 0,
                }
            ],
        },
        "create-orders": {
            "EventReferral": [
                {
                    "id": referral,
                    "eventId": event,
                    "userId": ada,
                    "code": referral.upper(),
                }
            ],
            **attendance(bea, "bea"),
            "EventMessage": [
                {"id": own("Message"), "eventId": event, "userId": ada, "content": "Hi"}
            ],
        },
        "create-friendships": {"Friendship": friendship(bea, "bea")},
        "backfill-activities": {"UserActivity": activity(bea, "bea")},
        "analytics": {
            "EventDailyStat": [{"id": own("Stat"), "eventId": event, "date": MOMENT}]
        },
        "demo-user": {
            "UserCategory": [{"userId": demo, "categoryId": tech, "interestLevel": 8}],
            "CommunityMembership": member(demo, "demo"),
            **attendance(demo, "demo"),
            "Friendship": friendship(demo, "demo"),
            "UserActivity": activity(demo, "demo"),
        },
    }


def _write(folder: Path, stage: str, table: str, frame: pl.DataFrame) -> TableFile:
    path = f"tables/{stage}/{table}.parquet"
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    instants = pl.selectors.datetime()
    frame.with_columns(instants.cast(pl.Datetime("ms", "UTC"))).write_parquet(
        folder / path
    )
    digest = digest_file(folder / path)
    return TableFile(table=table, path=path, rows=frame.height, digest=digest)


@pytest.fixture(scope="session")
def write_world() -> Callable[..., World]:
    """Writes the tiny world of a tag into a folder; rows of tables can be changed."""

    def write(
        folder: Path,
        tag: str = "0aaaa",
        change: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] | None = None,
    ) -> World:
        tables = _rows_of(tag)
        changes = change or {}
        stages: list[StageFiles] = []
        for stage in STAGES:
            files: list[TableFile] = []
            for table in stage.table_names:
                frame = pl.DataFrame(tables[stage.name][table])
                frame = changes.get(table, lambda same: same)(frame)
                files.append(_write(folder, stage.name, table, frame))
            stages.append(StageFiles(stage=stage.name, tables=tuple(files)))
        return World(
            edition="2026-W47",
            as_of=MOMENT,
            seed=tag,
            source="recorded",
            options={"people": None},
            rules_version="1",
            world_id=f"world-{tag}",
            tag=tag,
            stages=tuple(stages),
        )

    return write


@pytest.fixture(scope="session")
def seeded_edition(
    new_lasting_database: Callable[..., Target],
    tmp_path_factory: pytest.TempPathFactory,
) -> Seeded:
    """The full recorded edition, seeded as a person does it on a new machine.

    One of pytest's workers does so; another fills its own database from a copy of
    what that one built, a minute less of work.
    """
    database = new_lasting_database(tables=False)
    folder = tmp_path_factory.mktemp("seeded")
    arguments = ("--source", "recorded", "--edition", "full", "--as-of", "2026-11-16")
    program = Program(folder / "home", folder / "prefect")
    base = tmp_path_factory.getbasetemp()  # a worker's lies in the run's
    built = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built"
    with locked(built.with_suffix(".lock")):
        if built.exists():
            shutil.copytree(built, program.home)
        program.seeing(DATABASE_URL=database.url).run(*arguments, "--create-tables")
        if not built.exists():
            shutil.copytree(program.home, built)
    return Seeded(database, program.home, arguments)


@pytest.fixture(scope="session")
def seeded_database(seeded_edition: Seeded) -> str:
    """The conninfo of a database that holds the full recorded edition."""
    return seeded_edition.database.conninfo


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The URL of a Prefect server that all runs of the session share."""
    with prefect_server(tmp_path_factory.mktemp("prefect-server")) as api:
        yield api


@pytest.fixture
def program(prefect_api: str, tmp_path: Path) -> Program:
    """The program, in homes of the test's own, with a Prefect server that is up."""
    return Program(
        tmp_path / "home", tmp_path / "prefect", {"PREFECT_API_URL": prefect_api}
    )
