"""Load what every world shares: categories and cities, by their slugs.

A category or city that the app has made itself keeps its id; later stages use that.
"""

from typing import Final

from tasks.stages.plan import Stage, StageTable

STAGE: Final = Stage(
    "load-static",
    (
        StageTable("Category", ("slug",)),
        StageTable("Location", ("slug",)),
    ),
    upsert=True,
)
