"""What the Faker source's texts are made of: plain sentences with blanks to fill.

The blanks hold the city, the community's name, its focus and the event's title, all
of which differ, so that no text appears twice.
"""

from dataclasses import dataclass
from typing import Final

from matching.vocabulary import EventType


@dataclass(frozen=True)
class Format:
    """One way to spend time together: what it is called, when, how long, how many."""

    event_type: EventType
    label: str
    body: str
    weekdays: tuple[str, ...]
    starts: tuple[str, ...]
    minutes: tuple[int, ...]
    capacities: tuple[int, ...]
    outdoor: bool = False  # then tied to the warm months where there are any


_WEEK: Final = ("mon", "tue", "wed", "thu")
_WEEKEND: Final = ("sat", "sun")
_EVENING: Final = ("18:00", "18:30", "19:00", "19:30")
_MORNING: Final = ("09:00", "09:30", "10:00", "10:30")
_AFTERNOON: Final = ("13:30", "14:00", "15:00")

FREE_FORMATS: Final = (
    Format(
        EventType("meetup"), "open meetup",
        "Come as you are: a short round of names, then whatever people brought.",
        _WEEK, _EVENING, (120, 150), (20, 30, 40, 60),
    ),
    Format(
        EventType("social"), "newcomers' evening",
        "Tables are mixed every half hour, so nobody leaves without a new contact.",
        ("thu", "fri"), ("18:30", "19:00", "20:00"), (120, 180), (24, 36, 60),
    ),
    Format(
        EventType("networking"), "exchange",
        "Say what you look for and what you can offer; a board keeps both in sight.",
        _WEEK, _EVENING, (90, 120), (30, 50, 80),
    ),
    Format(
        EventType("volunteering"), "helping hands day",
        "Gloves, tools and something to drink are there; two hours already help.",
        _WEEKEND, _MORNING, (180, 240), (16, 24, 40), outdoor=True,
    ),
    Format(
        EventType("seminar"), "introduction",
        "An hour of the basics, then as many questions as you have.",
        _WEEK, _EVENING, (60, 90), (20, 40, 60),
    ),
    Format(
        EventType("outing"), "Sunday outing",
        "An easy pace, several stops, and a way home for whoever tires early.",
        ("sun",), _MORNING, (180, 240, 300), (12, 20, 30), outdoor=True,
    ),
)  # fmt: skip
MID_FORMATS: Final = (
    Format(
        EventType("workshop"), "hands-on workshop",
        "Material for everyone is included, and what you make is yours to keep.",
        _WEEKEND, _MORNING + _AFTERNOON, (120, 180, 240), (10, 12, 16, 20),
    ),
    Format(
        EventType("class"), "beginners' class",
        "Small steps, a teacher for every eight people, no experience needed.",
        _WEEK, ("17:30", *_EVENING), (60, 90, 120), (8, 12, 16, 24),
    ),
    Format(
        EventType("tour"), "guided tour",
        "Five stops on foot, with somebody at each who knows the place well.",
        _WEEKEND, _MORNING + _AFTERNOON, (120, 150, 180), (12, 15, 20), outdoor=True,
    ),
    Format(
        EventType("performance"), "showcase night",
        "Six short acts by members, with a long interval to talk to them.",
        ("fri", "sat"), ("19:30", "20:00", "20:30"), (120, 150), (40, 80, 120),
    ),
    Format(
        EventType("screening"), "screening",
        "One film, chosen by last month's vote, and a talk about it afterwards.",
        ("wed", "thu", "sun"), ("19:00", "19:30", "20:00"), (120, 150), (30, 60, 90),
    ),
    Format(
        EventType("tournament"), "open tournament",
        "Everyone plays at least three rounds; the last table is as loud as the first.",
        _WEEKEND, ("10:00", "11:00", "13:00"), (240, 300, 360), (16, 32, 48),
    ),
    Format(
        EventType("exhibition"), "members' exhibition",
        "What members made this year, with its makers standing beside it.",
        ("fri", "sat", "sun"), ("11:00", "14:00", "17:00"), (180, 240), (60, 100, 150),
    ),
)  # fmt: skip
PREMIUM_FORMATS: Final = (
    Format(
        EventType("conference"), "conference",
        "A day of talks in two rooms, lunch included, and a long evening after it.",
        ("thu", "fri"), ("09:00", "09:30"), (420, 480), (120, 200, 300),
    ),
    Format(
        EventType("festival"), "festival day",
        "Three stages, a market of small makers, and a programme for children.",
        ("sat",), ("11:00", "12:00", "13:00"), (480, 540), (200, 300, 400),
        outdoor=True,
    ),
    Format(
        EventType("tasting"), "long-table evening",
        "Five courses at one table, each introduced by whoever prepared it.",
        ("fri", "sat"), ("18:30", "19:00", "19:30"), (180, 210), (16, 24, 30),
    ),
    Format(
        EventType("workshop"), "masterclass",
        "A whole day with one expert and few enough people that each gets an hour.",
        _WEEKEND, ("09:30", "10:00"), (360, 420), (8, 10, 14),
    ),
    Format(
        EventType("networking"), "patrons' dinner",
        "A seated dinner whose proceeds pay for a year of free meetings.",
        ("tue", "wed", "thu"), ("19:00", "19:30"), (150, 180), (30, 40, 60),
    ),
)  # fmt: skip
ONLINE_FORMAT: Final = Format(
    EventType("webinar"), "online session",
    "Half an hour of talk, half an hour of questions; cameras may stay off.",
    _WEEK, ("12:00", "17:00", "18:00", "19:00"), (60, 75, 90), (60, 100, 200),
)  # fmt: skip

GROUP_WORDS: Final = (
    "Circle", "Club", "Society", "Collective", "Network", "Guild", "Exchange",
)  # fmt: skip
COMMUNITY_TEXTS: Final = (
    (
        "{name} brings together people in {city} who care about {focus}. Newcomers are "
        "greeted by name, and the dates are set by whoever turns up."
    ),
    (
        "{name} began with a few neighbours and a shared taste for {focus}. It has "
        "grown since, but every meeting still opens with a round of names."
    ),
    (
        "Whoever has time for {focus} in {city} finds company at {name}: regulars who "
        "know a lot, beginners who ask a lot, and dates for both."
    ),
    (
        "{name} keeps {focus} within reach of everyone in {city}: free dates every "
        "month, a few bigger ones that pay for them, and no lectures unasked for."
    ),
)
AUDIENCES: Final = (
    "Beginners and old hands with an interest in {focus}",
    "Anyone in {city} who would rather share {focus} than go alone",
    "People new to {city} and new to {focus}",
    "Residents of {city} with free evenings and an eye for {focus}",
)
BENEFITS: Final = (
    "Dates by mail before anyone else", "A vote on next season's programme",
    "Members' table at every event", "Borrow from the shared shelf",
    "Two guest passes a year", "Early tickets for bigger events",
    "A partner for the first visit", "Discount with friendly groups nearby",
)  # fmt: skip
CLOSINGS: Final = (
    "Doors open a quarter of an hour before.",
    "Whoever comes alone is met at the entrance.",
    "There is room for a coat, a bag and a late train.",
    "We end on time, and some of us stay on.",
)
HOST_TEXTS: Final = (
    (
        "{title} is nearly here. Please come ten minutes early so that we can begin "
        "together, and tell us if your plans have changed."
    ),
    (
        "Looking forward to {title}! Bring something to write with, and write to us if "
        "you need anything to take part."
    ),
    (
        "A word before {title}: there will be water and a few snacks, all else is up "
        "to you. If you cannot come, free your seat for somebody else."
    ),
    (
        "See you at {title}. Whoever is new is welcome to say so at the door; one of "
        "us will show you round."
    ),
)
REVIEWS: Final = (
    (5, "My first {label} with {name}, and certainly not the last."),
    (4, "A good {label} by {name}, though the second half was a little rushed."),
    (5, "{name} know how to run a {label}: calm, on time and full of ideas."),
    (3, "Came to the {label} of {name} from across town; liked it, wanted more seats."),
    (4, "Met three people at this {label} whom I now see at every date of {name}."),
    (5, "Friendly from the door on. This is the best {label} {name} have put on."),
)
QUESTIONS: Final = (
    ("What do you hope to take home?", "LONG_TEXT", ()),
    ("Anything we should know about access?", "SHORT_TEXT", ()),
    ("How much experience do you have?", "SINGLE_SELECT",
     ("None yet", "Some", "A lot")),
    ("What would you like to help with?", "MULTI_SELECT",
     ("Welcome", "Setting up", "Photos", "Clearing away")),
    ("I have read the house rules", "CHECKBOX", ()),
)  # fmt: skip
BIOS: Final = (
    "{first} works as {job} in {city} and spends free evenings on {likes}.",
    "By day {job}, by night all about {likes}: {first} has lived in {city} for years.",
    "{first} came to {city} for work as {job} and stayed for {likes}.",
    "Ask {first} about {likes}, not about being {job}; {city} offers enough of both.",
)
CIRCLE_LABELS: Final = (
    "friday-table", "corner-booth", "early-birds", "back-row", "long-way-home",
    "second-breakfast", "third-floor", "usual-suspects",
)  # fmt: skip
NEIGHBOURHOODS: Final = (
    "Old Town", "Riverside", "Station Quarter", "University Quarter", "Harbour Side",
    "North End", "South Side", "Market Quarter", "Garden District", "Mill Quarter",
)  # fmt: skip

# (profession with its article, industry slug)
PROFESSIONS: Final = (
    ("a software developer", "technology"), ("a data analyst", "technology"),
    ("a support engineer", "technology"), ("an accountant", "finance"),
    ("a credit analyst", "finance"), ("a nurse", "healthcare"),
    ("a physiotherapist", "healthcare"), ("a pharmacist", "healthcare"),
    ("a primary school teacher", "education"), ("a lecturer", "education"),
    ("a chef", "hospitality"), ("a hotel manager", "hospitality"),
    ("a radio producer", "media"), ("a copy editor", "media"),
    ("a graphic designer", "design"), ("an interior designer", "design"),
    ("a sculptor", "arts"), ("a stage technician", "arts"),
    ("a bookseller", "retail"), ("a shop manager", "retail"),
    ("a process engineer", "manufacturing"), ("a toolmaker", "manufacturing"),
    ("a carpenter", "construction"), ("a site manager", "construction"),
    ("an estate agent", "real-estate"), ("a solicitor", "legal"),
    ("a legal assistant", "legal"), ("a city planner", "government"),
    ("a customs officer", "government"), ("a fundraiser", "non-profit"),
    ("a programme manager", "non-profit"), ("a lab technician", "science"),
    ("a geologist", "science"), ("an electrician", "energy"),
    ("a grid planner", "energy"), ("a train driver", "transport"),
    ("a logistics planner", "transport"), ("a landscape gardener", "agriculture"),
    ("an agronomist", "agriculture"), ("a brand manager", "marketing"),
    ("a market researcher", "marketing"),
)  # fmt: skip

# kind, what its name ends in, how many people it may hold
VENUES: Final = (
    ("conference-center", "Congress Hall", (600, 1_200, 2_000)),
    ("coworking", "Workrooms", (40, 60, 80)),
    ("restaurant", "Kitchen", (30, 50, 70)),
    ("bar", "Bar", (30, 40, 60)),
    ("cafe", "Coffee House", (20, 30, 40)),
    ("studio", "Studio", (16, 24, 40)),
    ("community-center", "House", (60, 100, 150)),
    ("sports-facility", "Sports Hall", (80, 150, 250)),
    ("park", "Park", (200, 400, 800)),
    ("theatre", "Theatre", (120, 200, 320)),
    ("gallery", "Gallery", (50, 80, 150)),
    ("cinema", "Pictures", (80, 120, 180)),
    ("library", "Library", (40, 60, 100)),
    ("university", "Auditorium", (150, 250, 400)),
)  # fmt: skip
