"""Load the people, Alex Demo among them, and what they are interested in."""

from typing import Final

from tasks.stages.plan import USER_CATEGORY, Stage, StageTable

STAGE: Final = Stage(
    "create-users",
    (
        StageTable("User"),
        USER_CATEGORY,
    ),
)
