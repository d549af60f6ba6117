"""Load who knows whom."""

from typing import Final

from tasks.stages.plan import Stage, StageTable

STAGE: Final = Stage(
    "create-friendships",
    (StageTable("Friendship"),),
)
