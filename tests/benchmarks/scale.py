"""What matching costs from 620 people to a million, and what its friend graph is like.

python tests/benchmarks/scale.py

Each size is matched in a process of its own: friendships, then attendance. 620 people
are the recorded cast; more are drawn from it, city by city: each is like one of the
city's cast, with interests of another of them; each event is one of the city's on
another day. The r-th largest city has a share of 1 / (r + 3). Pairs are people x events
of a city, and people x online events. Printed are CPU seconds, peak memory, the growth
from size to size, the friend graph, and both plans on the same input: how far the
classes and buckets of large worlds are from asking everybody.
"""

# igraph has no stubs:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import argparse
import multiprocessing
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import igraph
import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from matching import draws, schemas
from matching.attendance import attend, seat_targets
from matching.by_pairs import attend_by_pairs
from matching.classes.plan import attend_by_classes
from matching.draws import key_of
from matching.friendships import Traits, befriend, friendship_scores
from matching.friendships.bucketed import link_by_buckets
from matching.friendships.pairwise import link_all_pairs
from matching.interest import overlap
from matching.programme import Programme
from matching.timeline import DAY_MS
from matching.vocabulary import LOCATIONS
from matching.world import Cast, Story, match
from tasks.generate.communities import make_communities
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues
from tasks.process.cast import read_script
from tasks.process.load import load_answers
from tasks.process.processed import ProcessOptions, shape

EDITION: Final = "2026-W47"
AS_OF: Final = datetime(2026, 11, 22, tzinfo=UTC)
SEED: Final = key_of("world", "benchmark")
MISSION: Final = (620, 1_000)
SIZES: Final = (MISSION, (10_000, 10_000), (100_000, 20_000), (1_000_000, 100_000))
TARGET_CPU: Final = {620: 0.5, 100_000: 3.0, 1_000_000: 12.0}
TARGET_PEAK_MB: Final = 1_024.0
TARGET_GROWTH: Final = 1.2  # times linear in the pairs, from 100k to 1M
FLATTENING: Final = 3.0  # the r-th city's share is 1 / (r + FLATTENING)
BORROWS: Final = 0.5  # of the people have interests of somebody else too
TARGET_SCORE: Final = 0.98  # of the links of all pairs
BOTH_PLANS: Final = (3_000, 1_000)  # people, events: what all pairs can still take
ONE_CITY: Final = 1_500
CLUB: Final = (0.1, 400)  # members of an invite-only community: share, at most
PAST_DAYS: Final = 45
DAYS: Final = 105
KILOBYTES_IN_MEGABYTE: Final = 1024
FORGET_PEAK: Final = "5"  # what /proc/self/clear_refs takes as "begin the peak anew"

_CLASS: Final = ("seat", "shared", "networking_style", "spending_power")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Measured:
    """What matching one size took and gave."""

    people: int
    events: int
    pairs: int
    friends_cpu: float
    attend_cpu: float
    wall: float
    peak_mb: float
    before_mb: float
    orders: int
    mean: float
    most: int
    clustering: float
    largest: float


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--up-to", type=int, default=SIZES[-1][0], help="people; by default 1,000,000"
    )
    most: int = parser.parse_args().up_to
    console = Console()
    rows: list[Measured] = []
    spawn = multiprocessing.get_context("spawn")
    for size in SIZES:
        if size[0] <= most:
            console.print(f"{size[0]:,} people, {size[1]:,} events …")
            with spawn.Pool(1) as pool:
                rows.append(pool.apply(measure, size))
    print_costs(console, rows)
    print_graphs(console, rows)
    print_plans(console)
    return 0


def recorded() -> Cast:
    """Read the recorded edition as matching reads it."""
    cities = [location.slug for location in LOCATIONS]
    with tempfile.TemporaryDirectory(prefix="matching-benchmark-") as name:
        for make in (make_communities, make_users, make_venues):
            make(Source.RECORDED, Path(name), cities, EDITION)
        frames = shape(
            load_answers(Path(name), cities, ()), ProcessOptions(seed=EDITION)
        )
    return read_script(frames, key_of("world", EDITION)).cast


def measure(people: int, events: int) -> Measured:
    """Match one size, in this process."""
    cast = recorded()
    story = match(cast, AS_OF, SEED)
    if (people, events) == MISSION:
        programme = _as_told(cast, story)
    else:
        programme = synthetic(cast, story, people, events)
    del cast, story
    everybody = programme.people.drop("joined")
    befriend(everybody.head(100), SEED)  # loads what is loaded once
    before = _peak_mb()
    began, cpu = time.perf_counter(), time.process_time()
    friendships = befriend(everybody, SEED)
    friends_cpu = time.process_time() - cpu
    cpu = time.process_time()
    orders = attend(programme)
    attend_cpu = time.process_time() - cpu
    wall = time.perf_counter() - began
    peak = _peak_mb()
    graph = _graph(everybody, friendships)
    degree = np.array(graph.degree())
    return Measured(
        people=everybody.height,
        events=programme.events.height,
        pairs=_pairs(programme),
        friends_cpu=friends_cpu,
        attend_cpu=attend_cpu,
        wall=wall,
        peak_mb=peak,
        before_mb=before,
        orders=orders.height,
        mean=float(degree.mean()),
        most=int(degree.max()),
        clustering=graph.transitivity_avglocal_undirected(mode="zero"),
        largest=graph.connected_components().giant().vcount() / len(degree),
    )


def _as_told(cast: Cast, story: Story) -> Programme:
    return Programme(
        events=seat_targets(story.events, AS_OF, SEED),
        people=story.people,
        tiers=cast.tiers.select(schemas.TIERS.names()),
        members=story.memberships,
        as_of=AS_OF,
        seed=SEED,
    )


def synthetic(cast: Cast, story: Story, people: int, events: int) -> Programme:
    """Draw so many people and events from the recorded ones, city by city."""
    folk = _people(story.people.filter(~pl.col("is_demo")), people)
    dates = _events(story.events, folk, events)
    tiers = dates.select("event_key", template="series").join(
        cast.tiers, left_on="template", right_on="event_key", validate="m:m"
    )
    tiers = tiers.with_columns(
        tier_key=draws.words(SEED, "tier", tiers["event_key"], tiers["tier_key"])
    ).select(schemas.TIERS.names())
    return Programme(
        events=seat_targets(dates.drop("series"), AS_OF, SEED),
        people=folk,
        tiers=tiers,
        members=_members(dates, folk),
        as_of=AS_OF,
        seed=SEED,
    )


def _shares(cities: int) -> Floats:
    rank = np.argsort(draws.words(SEED, "rank", np.arange(cities, dtype=np.uint64)))
    share = 1 / (np.arange(cities) + FLATTENING + 1)
    return (share / share.sum())[np.argsort(rank)]


def _templates(frame: pl.DataFrame, count: int, what: str) -> tuple[Words, list[Ints]]:
    """Draw for each of `count` rows two rows of the frame, of one city.

    Returns:
        The new rows' keys, and the numbers of the rows of the frame sorted by city.
    """
    sizes = frame.group_by("city").len().sort("city")["len"].to_numpy()
    bounds = np.rint(np.cumsum(_shares(len(sizes))) * count).astype(np.int64)
    city = np.searchsorted(bounds, np.arange(count), side="right")
    keys = draws.words(SEED, what, np.arange(count, dtype=np.uint64))
    first = np.cumsum(sizes) - sizes
    drawn = [
        first[city] + (draws.uniform(SEED, f"{what}/{nth}", keys) * sizes[city])
        for nth in range(2)
    ]
    return keys, [rows.astype(np.int64) for rows in drawn]


def _people(cast: pl.DataFrame, count: int) -> pl.DataFrame:
    cast = cast.sort("city", "person_key")
    keys, (like, other) = _templates(cast, count, "person")
    interests, strong = cast["interest_mask"].to_numpy(), cast["strong_mask"].to_numpy()
    borrows = draws.uniform(SEED, "borrows", keys) < BORROWS
    borrowed = interests[other] & draws.words(SEED, "which", keys)
    borrowed = np.where(borrows, borrowed, np.uint64(0))
    swapped = np.where(borrows, other, like)
    return cast[like].with_columns(
        person_key=keys,
        interest_mask=interests[like] | borrowed,
        strong_mask=strong[like] | strong[other] & borrowed,
        industry=cast["industry"].gather(swapped),
        networking_style=cast["networking_style"].gather(other),
        spending_power=cast["spending_power"].gather(swapped),
    )


def _events(told: pl.DataFrame, people: pl.DataFrame, count: int) -> pl.DataFrame:
    told = told.sort("city", "event_key")
    keys, (like, _) = _templates(told, count, "event")
    days = np.floor(draws.uniform(SEED, "day", keys) * DAYS) - PAST_DAYS
    day = pl.lit(AS_OF) + pl.duration(days="day")
    rows = (
        told[like]
        .with_columns(pl.Series("day", days))
        .with_columns(
            event_key=keys,
            series=told["event_key"].gather(like),
            start=day + (pl.col("start") - pl.col("start").dt.truncate("1d")),
            host_key=_hosts(told[like]["city"], people, keys),
        )
    )
    return rows.drop("day").with_columns(
        pl.col("start").cast(schemas.INSTANT),
        end=(pl.col("start") + pl.duration(minutes="duration_minutes")).cast(
            schemas.INSTANT
        ),
        published=pl.min_horizontal(
            pl.col("start") - pl.duration(milliseconds=30 * DAY_MS),
            pl.lit(AS_OF) - pl.duration(days=1),
        ).cast(schemas.INSTANT),
    )


def _hosts(city: pl.Series, people: pl.DataFrame, keys: Words) -> Words:
    order = people.select("city", "person_key").sort("city", "person_key")
    first = order["city"].search_sorted(city, side="left").to_numpy()
    stop = order["city"].search_sorted(city, side="right").to_numpy()
    nth = draws.uniform(SEED, "host", keys) * (stop - first)
    return order["person_key"].to_numpy()[first + nth.astype(np.int64)]


def _members(events: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    share, most = CLUB
    clubs = events.filter("is_member_only").select("community_key", "city").unique()
    met = clubs.join(people.select("city", "person_key", "joined"), on="city")
    draw = draws.uniform(SEED, "member", met["community_key"], met["person_key"])
    return (
        met.with_columns(draw=draw)
        .filter(
            pl.col("draw") < share,
            pl.col("draw").rank().over("community_key") <= most,
        )
        .select("community_key", "person_key", member_since="joined")
    )


def _pairs(programme: Programme) -> int:
    here = programme.people["city"].value_counts(name="people")
    events = programme.events.group_by("city").agg(
        on_site=(pl.col("location_type") != "ONLINE").sum().cast(pl.Int64),
        online=(pl.col("location_type") == "ONLINE").sum().cast(pl.Int64),
    )
    at_home = pl.col("on_site") * pl.col("people")
    watching = pl.col("online") * programme.people.height
    return int(events.join(here, on="city").select((at_home + watching).sum()).item())


def _peak_mb() -> float:
    """Give the most memory held since this was last asked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    Path("/proc/self/clear_refs").write_text(FORGET_PEAK, encoding="ascii")
    return int(peak.split()[1]) / KILOBYTES_IN_MEGABYTE


def _graph(people: pl.DataFrame, friendships: pl.DataFrame) -> igraph.Graph:
    keys = people["person_key"].sort().to_numpy()
    ends = np.searchsorted(
        keys, friendships.select("person_key", "friend_key").to_numpy()
    )
    return igraph.Graph(n=len(keys), edges=ends)


def print_costs(console: Console, rows: list[Measured]) -> None:
    """Print one line a size, and the growth between sizes."""
    table = Table(
        *("people", "events", "pairs", "friends s", "attend s", "CPU s", "wall s"),
        *("peak MB", "of it input", "orders", "ns a pair", "growth"),
        title="CPU seconds of matching; growth: of them / of the pairs",
    )
    for column in table.columns:
        column.justify = "right"
    for nth, row in enumerate(rows):
        cpu = row.friends_cpu + row.attend_cpu
        growth = ""
        if nth:
            last = rows[nth - 1]
            times = cpu / (last.friends_cpu + last.attend_cpu)
            growth = f"{times / (row.pairs / last.pairs):.2f}"
        table.add_row(
            *(f"{row.people:,}", f"{row.events:,}", f"{row.pairs:,}"),
            *(f"{row.friends_cpu:.2f}", f"{row.attend_cpu:.2f}", f"{cpu:.2f}"),
            *(f"{row.wall:.1f}", f"{row.peak_mb:.0f}", f"{row.before_mb:.0f}"),
            *(f"{row.orders:,}", f"{cpu / row.pairs * 1e9:.1f}", growth),
        )
    console.print(table)
    for row in rows:
        cpu = row.friends_cpu + row.attend_cpu
        if row.people in TARGET_CPU or row.people == rows[0].people:
            target = TARGET_CPU.get(row.people, TARGET_CPU[MISSION[0]])
            _print_target(console, f"{row.people:,} people", cpu, target, "CPU s")
    _print_target(console, "peak", max(r.peak_mb for r in rows), TARGET_PEAK_MB, "MB")
    if len(rows) > 1:
        slope = _slope(rows)
        console.print(f"CPU seconds grow as (people + events) ^ {slope:.2f}")


def _slope(rows: list[Measured]) -> float:
    size = np.log([row.people + row.events for row in rows])
    cpu = np.log([row.friends_cpu + row.attend_cpu for row in rows])
    return float(np.polyfit(size, cpu, 1)[0])


def print_graphs(console: Console, rows: list[Measured]) -> None:
    """Print the shape of each size's friend graph."""
    table = Table(
        *("people", "mean", "most", "clustering", "largest component"),
        title="Friends",
    )
    for row in rows:
        table.add_row(
            *(f"{row.people:,}", f"{row.mean:.2f}", str(row.most)),
            *(f"{row.clustering:.3f}", f"{row.largest:.4f}"),
        )
    console.print(table)


def print_plans(console: Console) -> None:
    """Print how far the large plans are from the small ones, on the same input."""
    cast = recorded()
    programme = synthetic(cast, match(cast, AS_OF, SEED), *BOTH_PLANS)
    everybody = programme.people.drop("joined")
    # as many as the largest city of all pairs, all in one
    city = everybody.head(ONE_CITY).with_columns(city=pl.lit("berlin"))
    for name, people in (("69 cities", everybody), ("one city", city)):
        traits = Traits.of(people)
        totals: list[int] = []
        for plan in (link_all_pairs, link_by_buckets):
            cpu = time.process_time()
            links = plan(traits, SEED)
            cpu = time.process_time() - cpu
            scores = friendship_scores(traits, links.left, links.right)
            totals.append(int(scores.sum()))
            console.print(
                f"{name}: {plan.__name__:<18}{cpu:6.2f} CPU s, {len(scores):,} links, "
                f"score {totals[-1]:,}, {scores.mean():.3f} each"
            )
        ratio = totals[1] / totals[0]
        _print_least(console, "score, buckets to all", ratio, TARGET_SCORE)
    seats: list[pl.DataFrame] = []
    for attending in (attend_by_pairs, attend_by_classes):
        cpu = time.process_time()
        orders = attending(programme)
        cpu = time.process_time() - cpu
        seats.append(orders.filter("succeeded").drop_nulls("person_key"))
        found = dict(seats[-1]["seat"].value_counts(sort=True).iter_rows())
        console.print(f"{attending.__name__:<18}{cpu:6.2f} CPU s, {found}")
    console.print(f"total variation {total_variation(programme, *seats):.4f}")


def total_variation(
    programme: Programme, one: pl.DataFrame, other: pl.DataFrame
) -> float:
    """Give how far two ways of filling seats are apart, 0 to 1.

    Compared are the shares of all members' seats by round, shared categories, style
    and spending power.
    """
    shares = [
        _seat_shares(programme, seats, str(n)) for n, seats in enumerate((one, other))
    ]
    both = shares[0].join(shares[1], on=_CLASS, how="full", coalesce=True)
    apart = pl.col("0").fill_null(0) - pl.col("1").fill_null(0)
    return float(both.select(apart.abs().sum() / 2).item())


def _seat_shares(programme: Programme, seats: pl.DataFrame, name: str) -> pl.DataFrame:
    return (
        seats.join(
            programme.events.select("event_key", "category_mask"), on="event_key"
        )
        .join(programme.people.drop("is_demo"), on="person_key")
        .with_columns(shared=overlap(pl.col("interest_mask"), pl.col("category_mask")))
        .group_by(_CLASS)
        .agg((pl.len() / seats.height).alias(name))
    )


def _print_target(
    console: Console, name: str, value: float, most: float, unit: str
) -> None:
    verdict = "within" if value <= most else "OVER"
    console.print(f"{name:<22}{value:8.2f} {unit}, {verdict} the target of {most:g}")


def _print_least(console: Console, name: str, value: float, least: float) -> None:
    verdict = "meets" if value >= least else "UNDER"
    console.print(f"{name:<22}{value:8.4f}, {verdict} the target of {least:g}")


if __name__ == "__main__":
    sys.exit(main())
