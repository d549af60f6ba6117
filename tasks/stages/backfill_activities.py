"""Load the feed: one activity per fact, at its instant."""

from typing import Final

from tasks.stages.plan import Stage, StageTable

STAGE: Final = Stage(
    "backfill-activities",
    (StageTable("UserActivity"),),
)
