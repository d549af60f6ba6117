"""What a stage is: a name, and the tables it loads in foreign-key order."""

from dataclasses import dataclass
from typing import Final

CATEGORY_COLUMN: Final = "categoryId"
LOCATION_COLUMN: Final = "locationId"


@dataclass(frozen=True)
class StageTable:
    """One table of a stage, and the columns that tell two of its rows apart."""

    name: str
    key: tuple[str, ...] = ("id",)


@dataclass(frozen=True)
class Stage:
    """One of the ten database stages."""

    name: str
    tables: tuple[StageTable, ...]
    # rows of the same key may be there already, made by the app or an earlier world
    upsert: bool = False

    @property
    def table_names(self) -> tuple[str, ...]:
        """The tables' names, in foreign-key order."""
        return tuple(table.name for table in self.tables)


USER_CATEGORY: Final = StageTable("UserCategory", ("userId", "categoryId"))
EVENT_CATEGORY: Final = StageTable("EventCategory", ("eventId", "categoryId"))
PROMO_CODE_TIER: Final = StageTable("PromoCodeTier", ("promoCodeId", "ticketTierId"))
