"""Load what belongs to Alex Demo alone; the person came with the users."""

from typing import Final

from tasks.stages.plan import USER_CATEGORY, Stage, StageTable

STAGE: Final = Stage(
    "demo-user",
    (
        USER_CATEGORY,
        StageTable("CommunityMembership"),
        StageTable("Order"),
        StageTable("OrderItem"),
        StageTable("Payment"),
        StageTable("Refund"),
        StageTable("Rsvp"),
        StageTable("RegistrationAnswer"),
        StageTable("CheckIn"),
        StageTable("EventFeedback"),
        StageTable("EventCollaborator"),
        StageTable("EventView"),
        StageTable("Friendship"),
        StageTable("UserActivity"),
    ),
)
