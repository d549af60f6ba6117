"""The tools' inputs as pydantic models: one letter a field, enums for every key.

Attributes have the names of the stored format, aliases are what is written. The
models only make the schema that a strict tool is given; what a model answers is
checked in the stored format (see `wire.expand`), since strict mode knows no limits.
"""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from matching.vocabulary import (
    CategorySlug,
    EventType,
    ExperienceLevel,
    IndustrySlug,
    LocationType,
    MembershipStyle,
    NetworkingStyle,
    QuestionType,
    SpendingPower,
    VenueKind,
    Weekday,
)
from tasks.generate.drafts import PassName


class Wire(BaseModel):
    """A part of a tool's input: attributes as stored, the alias as written."""

    model_config = ConfigDict(extra="forbid")


class QuestionWire(Wire):
    """One registration question."""

    label: Annotated[str, Field(alias="q")]
    type: Annotated[QuestionType, Field(alias="t")]
    options: Annotated[
        list[str], Field(alias="o", description="two or more for the SELECTs, else []")
    ]


class EventWire(Wire):
    """One event series of a community."""

    title: Annotated[str, Field(alias="t", description="title")]
    subtitle: Annotated[str, Field(alias="s", description="subtitle")]
    description: Annotated[str, Field(alias="d", description="description")]
    event_type: Annotated[EventType, Field(alias="k")]
    location_type: Annotated[LocationType, Field(alias="w")]
    venue: Annotated[
        str, Field(alias="v", description="the place's name; '' if any room will do")
    ]
    capacity: Annotated[int, Field(alias="c", description="people, 8 to 2000")]
    weekdays: Annotated[list[Weekday], Field(alias="y", min_length=1)]
    start_time: Annotated[
        str, Field(alias="h", description="local HH:MM on the quarter hour")
    ]
    duration_minutes: Annotated[int, Field(alias="l", description="minutes, 30 to 720")]
    months: Annotated[
        list[int], Field(alias="m", description="1 to 12 if tied to a season, else []")
    ]
    ticket_tiers: Annotated[
        list[str],
        Field(
            alias="x",
            min_length=1,
            description="1 to 4 of 'dollars|seats|name|what it buys', dearer each "
            "time; seats sum to c at most; 0 is free",
        ),
    ]
    promo_codes: Annotated[
        list[str],
        Field(
            alias="p",
            description="[] or one 'CODE|percent|for whom'; paid events only",
        ),
    ]
    questions: Annotated[
        list[QuestionWire], Field(alias="q", description="0 to 2 for the sign-up form")
    ]
    host_message: Annotated[
        str, Field(alias="g", description="what the host posts to those who come")
    ]
    reviews: Annotated[
        list[str],
        Field(
            alias="r",
            min_length=1,
            description="2 or 3 of last time, each '1 to 5' then the comment: "
            "'4 Good, but cold.'",
        ),
    ]


class CommunityWire(Wire):
    """One community with its events."""

    name: Annotated[str, Field(alias="n", description="name")]
    description: Annotated[str, Field(alias="d", description="description")]
    focus_area: Annotated[str, Field(alias="f", description="focus in a few words")]
    target_audience: Annotated[str, Field(alias="a", description="for whom")]
    membership_style: Annotated[MembershipStyle, Field(alias="j")]
    categories: Annotated[list[CategorySlug], Field(alias="c", min_length=1)]
    membership_tiers: Annotated[
        list[str],
        Field(
            alias="m",
            min_length=1,
            description="1 to 3 of 'dollars|name|text|benefit|benefit', with 2 to 4 "
            "benefits, not cheaper each time; 0 is free",
        ),
    ]
    events: Annotated[list[EventWire], Field(alias="e", min_length=1)]


class PersonWire(Wire):
    """One person; interests as two lists of equal length."""

    first_name: Annotated[str, Field(alias="f", description="first name")]
    last_name: Annotated[str, Field(alias="l", description="last name")]
    profession: Annotated[str, Field(alias="p", description="profession")]
    industry: Annotated[IndustrySlug, Field(alias="i")]
    experience_level: Annotated[ExperienceLevel, Field(alias="x")]
    categories: Annotated[
        list[CategorySlug],
        Field(alias="c", min_length=1, description="1 to 5 interests"),
    ]
    levels: Annotated[
        list[int],
        Field(alias="v", min_length=1, description="their levels, 1 to 10, in order"),
    ]
    networking_style: Annotated[NetworkingStyle, Field(alias="n")]
    spending_power: Annotated[SpendingPower, Field(alias="s")]
    bio: Annotated[str, Field(alias="b", description="bio")]
    circles: Annotated[
        list[int],
        Field(alias="g", description="0 to 2 places in the list of circles, from 0"),
    ]


class VenueWire(Wire):
    """One place of the city."""

    name: Annotated[str, Field(alias="n", description="name")]
    kind: Annotated[VenueKind, Field(alias="k")]
    neighbourhood: Annotated[str, Field(alias="h", description="neighbourhood")]
    capacity: Annotated[int, Field(alias="c", description="people, 8 to 20000")]


class CommunitiesWire(Wire):
    """The first pass's tool input."""

    communities: Annotated[list[CommunityWire], Field(min_length=1)]


class UsersWire(Wire):
    """The second pass's tool input."""

    circles: Annotated[
        list[str], Field(description="short labels of the friend groups")
    ]
    users: Annotated[list[PersonWire], Field(min_length=1)]


class VenuesWire(Wire):
    """The third pass's tool input."""

    venues: Annotated[list[VenueWire], Field(min_length=1)]


WIRE_OF: Final[dict[PassName, type[Wire]]] = {
    PassName.COMMUNITIES: CommunitiesWire,
    PassName.USERS: UsersWire,
    PassName.VENUES: VenuesWire,
}
