"""Load the communities, their tiers and their members."""

from typing import Final

from tasks.stages.plan import Stage, StageTable

STAGE: Final = Stage(
    "create-communities",
    (
        StageTable("Community"),
        StageTable("MembershipTier"),
        StageTable("CommunityMembership"),
    ),
)
