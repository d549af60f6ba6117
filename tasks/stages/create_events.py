"""Load the events, each city's upcoming ones first, with their final counters.

The app shows them in the table's physical order (app-facts): rows are stored in the
file's order (tasks/database/event_order.py) and never updated by a later stage.
"""

from typing import Final

from tasks.stages.plan import EVENT_CATEGORY, Stage, StageTable

STAGE: Final = Stage(
    "create-events",
    (
        StageTable("Event"),
        EVENT_CATEGORY,
    ),
)
