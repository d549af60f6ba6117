"""Load the days' figures of every event."""

from typing import Final

from tasks.stages.plan import Stage, StageTable

STAGE: Final = Stage(
    "analytics",
    (StageTable("EventDailyStat"),),
)
