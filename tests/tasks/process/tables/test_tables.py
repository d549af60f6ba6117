"""Every table as the app's schema and its pages want it."""

from itertools import chain

import polars as pl
import pytest
from build_small import Built

from tasks.database.contract import expected_enums, expected_tables
from tasks.process.build import STAGE_TABLES

TABLES = sorted(chain.from_iterable(STAGE_TABLES.values()))
POLARS_TYPES = {
    "text": pl.String,
    "text[]": pl.List(pl.String),
    "integer": pl.Int64,
    "boolean": pl.Boolean,
    "timestamp(3) without time zone": pl.Datetime("ms", "UTC"),
}
IMAGE_HOSTS = {"images.unsplash.com", "picsum.photos", "api.dicebear.com"}


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_the_contracts(built: Built, table: str) -> None:
    """No column that the app lacks, none missing that it needs, none null there."""
    wanted = expected_tables()[table]
    rows = built.table(table)
    assert set(rows.columns) <= set(wanted)
    needed = {n for n, c in wanted.items() if not c.nullable and c.default is None}
    assert needed <= set(rows.columns)
    required = [name for name in rows.columns if not wanted[name].nullable]
    assert rows.select(required).null_count().sum_horizontal().item() == 0


@pytest.mark.parametrize("table", TABLES)
def test_values_are_of_the_contracts_types(built: Built, table: str) -> None:
    """Enum columns hold labels of their enum alone."""
    rows = built.table(table)
    enums = expected_enums()
    for name, column in expected_tables()[table].items():
        if name not in rows.columns:
            continue
        label = column.type.strip('"')
        if label in enums:
            assert set(rows[name].drop_nulls()) <= set(enums[label])
        elif column.type == "integer":
            assert rows[name].dtype.is_integer()
        else:
            assert rows[name].dtype == POLARS_TYPES[column.type]


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("User", ["email"]),
        ("User", ["username"]),
        ("Community", ["slug"]),
        ("Event", ["slug"]),
        ("EventReferral", ["code"]),
        ("Order", ["idempotencyKey"]),
        ("Rsvp", ["eventId", "email"]),
        ("CheckIn", ["rsvpId"]),
        ("EventFeedback", ["eventId", "rsvpId"]),
        ("EventDailyStat", ["eventId", "date"]),
        ("Payment", ["orderId", "attemptNumber"]),
        ("CommunityMembership", ["userId", "communityId"]),
        ("Friendship", ["userId", "friendId"]),
        ("EventCollaborator", ["eventId", "userId"]),
        ("PromoCode", ["eventId", "code"]),
        *((table, ["id"]) for table in TABLES if "id" in expected_tables()[table]),
    ],
)
def test_unique_columns(built: Built, table: str, columns: list[str]) -> None:
    """No two rows share what the app looks them up by."""
    rows = built.table(table).select(columns)
    assert rows.is_duplicated().sum() == 0


@pytest.mark.parametrize(
    ("table", "column", "form"),
    [
        ("User", "username", r"^[a-z0-9_]{3,30}$"),
        ("User", "email", r"^[a-z0-9.]+@(example\.(com|org|net)|rsvped\.app)$"),
        ("User", "password", r"^\$2b\$10\$[./A-Za-z0-9]{53}$"),
        (
            "User",
            "image",
            r"^https://api\.dicebear\.com/9\.x/adventurer/svg\?seed=\S+$",
        ),
        ("Event", "slug", r"^[a-z0-9-]{1,48}$"),
        ("Community", "slug", r"^[a-z0-9-]{1,48}$"),
        ("MembershipTier", "slug", r"^[a-z0-9-]{1,48}$"),
        ("Location", "iconPath", r"^[a-z0-9-]+-icon\.png$"),
        ("EventReferral", "code", r"^[A-Z0-9]{8}$"),
        ("Event", "onlineUrl", r"^https://meet\.example\.com/[a-z0-9-]+$"),
        ("EventView", "ipAddress", r"^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$"),
        ("Payment", "providerIntentId", r"^seed_"),
        ("Rsvp", "email", r"@(example\.(com|org|net)|rsvped\.app)$"),
        ("UserActivity", "targetType", r"^(event|community|user)$"),
    ],
)
def test_formats(built: Built, table: str, column: str, form: str) -> None:
    """As the app's pages read them."""
    values = built.table(table)[column].drop_nulls()
    assert len(values) > 0
    assert values.filter(~values.str.contains(form)).to_list() == []


@pytest.mark.parametrize("table", ["Event", "Community", "Location"])
def test_covers_come_from_hosts_that_the_app_allows(built: Built, table: str) -> None:
    """Another host is a runtime error, and null a broken image."""
    covers = built.table(table)["coverImage"]
    assert covers.null_count() == 0
    assert {cover.split("/")[2] for cover in covers} <= IMAGE_HOSTS


def test_upcoming_events_of_a_city_come_first(built: Built) -> None:
    """The app lists a city's events in the table's order."""
    rows = built.table("Event").with_columns(
        over=pl.col("endDate") <= pl.lit(built.world.as_of)
    )
    later = pl.col("over").cast(pl.Int8).diff().over("locationId").fill_null(0)
    assert rows["over"].any()
    assert rows.filter(later < 0).is_empty()


def test_counters_equal_the_rows_behind_them(built: Built) -> None:
    """RSVPs, paid ones, check-ins, views, tickets, redemptions, uses."""
    rsvps = built.table("Rsvp")
    confirmed = rsvps.filter(pl.col("status") == "CONFIRMED")
    came = rsvps.join(
        built.table("CheckIn"), left_on="id", right_on="rsvpId", how="semi"
    )
    paid = confirmed.filter(pl.col("paymentState") == "PAID")
    orders = built.table("Order")
    used = orders.filter(pl.col("status") == "PAID").drop_nulls("appliedPromoCodeId")
    for table, column, rows, key in (
        ("Event", "rsvpCount", confirmed, "eventId"),
        ("Event", "paidRsvpCount", paid, "eventId"),
        ("Event", "checkInCount", came, "eventId"),
        ("Event", "viewCount", built.table("EventView"), "eventId"),
        ("TicketTier", "quantitySold", rsvps, "ticketTierId"),
        ("PromoCode", "redeemedCount", used, "appliedPromoCodeId"),
        ("EventReferral", "uses", rsvps.drop_nulls("referralId"), "referralId"),
    ):
        counted = dict(rows.group_by(key).len().iter_rows())
        stored = dict(built.table(table).select("id", column).iter_rows())
        assert {k: v for k, v in stored.items() if v} == counted, (table, column)


def test_daily_statistics_equal_their_days(built: Built) -> None:
    """Views and RSVPs of a UTC day, and no day without either."""
    stats = built.table("EventDailyStat")
    for table, moment, column in (
        ("EventView", "viewedAt", "views"),
        ("Rsvp", "createdAt", "rsvps"),
    ):
        counted = (
            built.table(table)
            .group_by("eventId", date=pl.col(moment).dt.truncate("1d"))
            .len()
        )
        rows = stats.join(counted, on=["eventId", "date"], how="left", validate="1:1")
        assert (rows[column] == rows["len"].fill_null(0)).all()
        assert rows["len"].sum() == counted["len"].sum()
    assert (stats["uniqueViews"] <= stats["views"]).all()
    assert ((stats["views"] + stats["rsvps"]) > 0).all()


def test_alex_is_the_user_that_the_button_signs_in_as(built: Built) -> None:
    """Name, user name and address are the app's."""
    row = built.table("User").filter("isDemo").row(0, named=True)
    assert row["email"] == "demo@rsvped.app"
    assert (row["name"], row["username"]) == ("Alex Demo", "alexdemo")
    assert (row["profession"], row["industry"]) == ("Product Designer", "Technology")


def test_places_and_links_fit_the_kind_of_event(built: Built) -> None:
    """A venue unless ONLINE, a link unless PHYSICAL."""
    rows = built.table("Event")
    online, physical = (rows["locationType"] == kind for kind in ("ONLINE", "PHYSICAL"))
    assert (rows["venueName"].is_null() == online).all()
    assert (rows["venueAddress"].is_null() == online).all()
    assert (rows["onlineUrl"].is_null() == physical).all()


def test_guests_are_no_members(built: Built) -> None:
    """No guest bears a member's name or address."""
    users, rsvps = built.table("User"), built.table("Rsvp")
    guests = rsvps.filter(pl.col("userId").is_null())
    assert not guests.is_empty()
    assert not set(guests["name"]) & set(users["name"])
    assert not set(guests["email"]) & set(users["email"])


def test_required_questions_are_answered_by_all(built: Built) -> None:
    """By each confirmed RSVP, from the options; free text is never made up."""
    questions = built.table("RegistrationQuestion").rename({"id": "questionId"})
    answers = built.table("RegistrationAnswer").join(
        questions, on="questionId", validate="m:1"
    )
    assert set(answers["type"]) <= {"SINGLE_SELECT", "MULTI_SELECT", "CHECKBOX"}
    confirmed = built.table("Rsvp").filter(pl.col("status") == "CONFIRMED")
    owed = confirmed.join(questions.filter("required"), on="eventId", validate="m:m")
    given = answers.select("questionId", id="rsvpId")
    assert owed.join(given, on=["id", "questionId"], how="anti").is_empty()
    single = answers.filter(pl.col("type") == "SINGLE_SELECT")
    assert single.filter(~pl.col("options").list.contains(pl.col("value"))).is_empty()
    ticks = answers.filter(pl.col("type") == "CHECKBOX")
    assert set(ticks["value"]) <= {"true"}
