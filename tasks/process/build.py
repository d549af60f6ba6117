"""Build a world: match the cast, and write every row of every table to disk.

After this the stages only load. A world can be tested and audited without a database,
and a retry cannot change the data.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl

from matching.demo import PASSWORD
from matching.draws import key_of
from matching.vocabulary import LOCATIONS
from matching.world import Story, match
from tasks.editions import (
    Manifest,
    StageFiles,
    TableFile,
    World,
    digest_file,
    digest_json,
)
from tasks.process import covers as images
from tasks.process.cast import Script, read_script
from tasks.process.identity import Identity
from tasks.process.passwords import HASH_CACHE, start_hashing
from tasks.process.processed import Processed, read_processed
from tasks.process.tables import communities, events, orders, people, social
from tasks.process.tables.slugs import text_slug

TABLES: Final = "tables"
ROW_GROUP: Final = 100_000  # rows; a loader reads one group at a time
# The tables of each stage, in foreign-key order. What belongs to the demo user alone,
# the last stage loads in the same order.
STAGE_TABLES: Final[dict[str, tuple[str, ...]]] = {
    "load-static": ("Category", "Location"),
    "create-users": ("User", "UserCategory"),
    "create-communities": ("Community", "MembershipTier", "CommunityMembership"),
    "create-events": ("Event", "EventCategory"),
    "create-tickets": (
        "TicketTier",
        "PromoCode",
        "PromoCodeTier",
        "RegistrationQuestion",
    ),
    "create-orders": (
        "EventReferral",
        "Order",
        "OrderItem",
        "Payment",
        "Refund",
        "Rsvp",
        "RegistrationAnswer",
        "CheckIn",
        "EventFeedback",
        "EventCollaborator",
        "EventMessage",
        "EventView",
    ),
    "create-friendships": ("Friendship",),
    "backfill-activities": ("UserActivity",),
    "analytics": ("EventDailyStat",),
}
# Rows in the order of their largest index fill its pages; ids are in no order at all.
INDEX_ORDER: Final[dict[str, list[str]]] = {
    "Rsvp": ["eventId", "email"],
    "EventView": ["eventId", "viewedAt", "id"],
    "EventDailyStat": ["eventId", "date"],
    "Order": ["id"],
    "OrderItem": ["id"],
    "Payment": ["id"],
    "CheckIn": ["id"],
    "RegistrationAnswer": ["id"],
}
DEMO_STAGE: Final = "demo-user"


class BuildRequest(Manifest):
    """What a world is built from; all of it shapes the world's identity."""

    edition: str
    as_of: datetime
    seed: str
    source: str
    options: dict[str, Any]
    answers: str  # digest of the passes' answers
    rules_version: str
    processed: Processed


class Keys(Manifest):
    """Where secrets lie; they shape images and passwords, not the world's identity."""

    cache: Path
    secret: str
    unsplash: str | None = None


def build_world(request: BuildRequest, folder: Path, keys: Keys) -> World:
    """Match the cast and write one Parquet file per stage and table.

    Args:
        request: what to build.
        folder: the edition folder.
        keys: the secrets, and the folder where hashes and look-ups are kept.

    Returns:
        The world's manifest. The same request and secret give the same bytes.
    """
    seed = key_of("world", request.seed)
    script = read_script(read_processed(folder, request.processed), seed)
    covers = _settle_covers(script, folder, keys)
    identity = Identity(_world_id(request, covers.digest))
    script = _with_covers(script, covers.urls)
    ids = people.person_ids(script.cast.people, identity)
    demo_id = ids.filter(pl.col("person_key") == script.demo_key)["person_id"][0]
    fixed = {demo_id: PASSWORD}
    wanted = [(person, fixed.get(person)) for person in ids["person_id"].sort()]
    with start_hashing(wanted, keys.secret, keys.cache / HASH_CACHE) as hashing:
        story = match(script.cast, request.as_of, seed)
        tables = _make_tables(story, script, identity, request.as_of, seed)
        names = tables.pop("names")
        tables["Location"] = people.locations(covers.urls)
        tables["User"] = people.users(story, script, names, hashing.result())
    stages = _write(tables, folder)
    return World(
        edition=request.edition,
        as_of=request.as_of,
        seed=request.seed,
        source=request.source,
        options=request.options,
        rules_version=request.rules_version,
        world_id=identity.world_id,
        tag=identity.tag,
        left_out=script.left_out,
        stages=stages,
    )


def _world_id(request: BuildRequest, images_digest: str) -> str:
    """Digest all that the world derives from."""
    return digest_json(
        {
            "edition": request.edition,
            "as_of": request.as_of.isoformat(),
            "seed": request.seed,
            "options": json.loads(json.dumps(request.options, default=str)),
            "answers": request.answers,
            "images": images_digest,
            "rules": request.rules_version,
        }
    )


def _settle_covers(script: Script, folder: Path, keys: Keys) -> images.Covers:
    """Find an image for every community, event series and city, in this order."""
    wanted = [
        *(
            images.Cover("community", slug, query)
            for slug, query in script.communities.select(
                _cover_slug("name"), "focus_area"
            ).iter_rows()
        ),
        *(
            images.Cover("event", slug, query)
            for slug, query in script.events.select(
                _cover_slug("series_title"), "series_title"
            ).iter_rows()
        ),
        *(images.Cover("location", location.slug) for location in LOCATIONS),
    ]
    return images.settle_covers(folder, wanted, keys.unsplash, keys.cache)


def _cover_slug(name: str) -> pl.Expr:
    return pl.concat_str("city", text_slug(pl.col(name)), separator="-").alias("slug")


def _with_covers(script: Script, urls: Mapping[str, str]) -> Script:
    def covered(rows: pl.DataFrame, kind: str, name: str) -> pl.DataFrame:
        slugs = rows.select(_cover_slug(name)).to_series()
        return rows.with_columns(
            cover=pl.Series([urls[f"{kind}/{slug}"] for slug in slugs], dtype=pl.String)
        )

    return replace(
        script,
        communities=covered(script.communities, "community", "name"),
        events=covered(script.events, "event", "series_title"),
    )


def _make_tables(
    story: Story, script: Script, identity: Identity, as_of: datetime, seed: int
) -> dict[str, pl.DataFrame]:
    """Make every table but Location and User; "names" are the people's."""
    demo = script.demo_key
    ids = people.person_ids(script.cast.people, identity)
    names = (
        people.person_names(script.cast.people, seed)
        .join(ids, on="person_key", validate="1:1")
        .join(
            script.cast.people.select("person_key", "first_name", "last_name"),
            on="person_key",
            validate="1:1",
        )
    )
    tiers = communities.membership_tiers(story, script, identity)
    event_rows = events.events(story, script, identity, ids)
    questions = events.questions(script, identity, seed)
    who = orders.attendees(story, identity, names, seed)
    view_rows = social.views(story, identity, ids, seed=seed, demo_key=demo)
    rsvp_rows = orders.rsvps(story, identity, who, demo)
    return {
        "names": names,
        "Category": people.categories(),
        "UserCategory": people.user_categories(script, ids),
        "Community": communities.communities(story, script, identity, ids),
        "MembershipTier": tiers.drop("community_key", "position"),
        "CommunityMembership": communities.memberships(
            story, tiers, identity, ids, as_of=as_of, seed=seed, demo_key=demo
        ),
        "Event": event_rows.drop("event_key"),
        "EventCategory": _event_categories(event_rows, script),
        "TicketTier": events.ticket_tiers(story, script, identity),
        "PromoCode": events.promo_codes(story, script, identity),
        "PromoCodeTier": events.promo_code_tiers(script, identity),
        "RegistrationQuestion": questions.drop("event_key"),
        "EventReferral": orders.referrals(story, identity, ids),
        "Order": orders.orders(story, identity, who, demo),
        "OrderItem": orders.order_items(story, identity, demo),
        "Payment": orders.payments(story, identity, demo),
        "Refund": orders.refunds(story, identity, demo),
        "Rsvp": rsvp_rows,
        "RegistrationAnswer": orders.answers(
            story, questions, identity, seed=seed, demo_key=demo
        ),
        "CheckIn": orders.check_ins(story, identity, demo),
        "EventFeedback": orders.feedback(story, identity, demo),
        "EventCollaborator": social.collaborators(story, identity, ids, demo),
        "EventMessage": social.messages(
            story, script, identity, ids, as_of=as_of, seed=seed
        ),
        "EventView": view_rows,
        "Friendship": social.friendships(story, identity, ids, demo),
        "UserActivity": social.activities(story, identity, ids, demo),
        "EventDailyStat": social.daily_stats(view_rows, rsvp_rows, identity),
    }


def _event_categories(event_rows: pl.DataFrame, script: Script) -> pl.DataFrame:
    """Make the EventCategory rows: the community's categories."""
    masks = script.events.select("event_key", "category_mask").join(
        event_rows.select("event_key", eventId="id"), on="event_key", validate="1:1"
    )
    return people.category_links(masks, "eventId").rename({"category_id": "categoryId"})


def _write(tables: Mapping[str, pl.DataFrame], folder: Path) -> tuple[StageFiles, ...]:
    """Write every table, whole or not at all: a new folder replaces the old one."""
    target = folder / TABLES
    part = folder / f".{TABLES}.part"
    shutil.rmtree(part, ignore_errors=True)
    stages = [
        StageFiles(
            stage=stage,
            tables=tuple(
                _write_table(_rows_of(tables[table], of_demo=False), part, stage, table)
                for table in names
            ),
        )
        for stage, names in STAGE_TABLES.items()
    ]
    of_demo = [
        table
        for names in STAGE_TABLES.values()
        for table in names
        if "is_demo" in tables[table].columns
    ]
    stages.append(
        StageFiles(
            stage=DEMO_STAGE,
            tables=tuple(
                _write_table(
                    _rows_of(tables[table], of_demo=True), part, DEMO_STAGE, table
                )
                for table in of_demo
            ),
        )
    )
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    return tuple(stages)


def _rows_of(table: pl.DataFrame, *, of_demo: bool) -> pl.DataFrame:
    """Give the rows that belong to the demo user alone, or all others."""
    if "is_demo" not in table.columns:
        return table
    return table.filter(pl.col("is_demo") == of_demo).drop("is_demo")


def _write_table(rows: pl.DataFrame, part: Path, stage: str, table: str) -> TableFile:
    rows = rows.sort(INDEX_ORDER.get(table, []), maintain_order=True)
    path = part / stage / f"{table}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(path, statistics=False, row_group_size=ROW_GROUP)
    return TableFile(
        table=table,
        path=f"{TABLES}/{stage}/{table}.parquet",
        rows=rows.height,
        digest=digest_file(path),
    )
