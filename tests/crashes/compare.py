"""What must hold when a cell is over: the same rows, loaded once, paid for once."""

from collections import Counter

import psycopg
from digests import digest_tables
from lane import CITIES, EDITION, Lane

from tasks.commands.parameters import STAGE_STEPS
from tasks.generate.drafts import PassName
from tasks.generate.spending import read_spending


def differences(lane: Lane) -> list[str]:
    """Say what differs from the undisturbed world; nothing if all is well."""
    return [*_rows(lane), *_loads(lane), *_payments(lane)]


def _rows(lane: Lane) -> list[str]:
    found = digest_tables(lane.database)
    return [
        f"{table}: {found.get(table)} for {wanted}"
        for table, wanted in lane.undisturbed.items()
        if found.get(table) != wanted
    ]


def _loads(lane: Lane) -> list[str]:
    with psycopg.connect(lane.database.conninfo) as connection:
        rows = connection.execute("SELECT stage FROM halt.loads").fetchall()
    times = Counter(stage for (stage,) in rows)
    return [
        f"{stage} was loaded {times[stage]} times"
        for stage in STAGE_STEPS
        if times[stage] != 1
    ]


def _payments(lane: Lane) -> list[str]:
    """Every answer is billed once by the server, and once in the edition's account."""
    billed = Counter(
        custom_id.split("-", 1)[1]  # without the attempt's nonce
        for custom_id in lane.anthropic.billed.elements()
    )
    wanted = {f"{name}-{city}" for name in PassName for city in CITIES}
    wrong = [
        f"{answer} was paid {billed[answer]} times"
        for answer in sorted(wanted | set(billed))
        if billed[answer] != 1 or answer not in wanted
    ]
    spent = read_spending(lane.home.path / "editions" / EDITION).batches
    counted = sum(cost.billed for cost in spent)
    if counted != len(wanted):
        wrong.append(f"the account has {counted} answers of {len(wanted)}")
    return wrong
