"""Which of a city's venues suits an event: in kind, in size, and free at that time."""

from typing import Final

# What kinds of place suit an event, best first. Any other place is the last resort.
SUITABLE_KINDS: Final[dict[str, tuple[str, ...]]] = {
    "workshop": ("studio", "coworking", "community-center", "library", "university"),
    "meetup": ("bar", "cafe", "coworking", "community-center", "library"),
    "conference": ("conference-center", "hotel", "university", "theatre"),
    "exhibition": ("gallery", "museum", "market", "community-center"),
    "networking": ("rooftop", "coworking", "bar", "hotel", "restaurant"),
    "seminar": ("university", "library", "coworking", "conference-center", "hotel"),
    "webinar": ("coworking", "university", "library", "conference-center"),
    "social": ("bar", "cafe", "restaurant", "rooftop", "community-center", "park"),
    "hackathon": ("coworking", "university", "conference-center", "community-center"),
    "performance": ("theatre", "music-venue", "bar", "cinema", "community-center"),
    "tour": ("waterfront", "market", "museum", "park", "gallery", "cafe"),
    "class": ("studio", "sports-facility", "community-center", "library", "university"),
    "tournament": ("sports-facility", "community-center", "bar", "cafe", "park"),
    "festival": ("park", "waterfront", "music-venue", "market", "conference-center"),
    "tasting": ("restaurant", "bar", "cafe", "market", "hotel", "rooftop"),
    "screening": ("cinema", "theatre", "university", "library", "gallery"),
    "outing": ("park", "waterfront", "sports-facility", "market", "cafe"),
    "volunteering": ("park", "community-center", "waterfront", "market", "library"),
}
ROOMY: Final = 6  # a venue over six times the event's size feels empty


def suitability(
    event_type: str, capacity: int, kind: str, venue_capacity: int
) -> int | None:
    """Rate a venue for an event, 0 best; None: the people would not fit in."""
    if venue_capacity < capacity:
        return None
    kinds = SUITABLE_KINDS.get(event_type, ())
    place = kinds.index(kind) if kind in kinds else len(kinds) * 2
    return place * 2 + (venue_capacity > capacity * ROOMY)
