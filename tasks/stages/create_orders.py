"""Load who came, what they paid, and what they left behind."""

from typing import Final

from tasks.stages.plan import Stage, StageTable

STAGE: Final = Stage(
    "create-orders",
    (
        StageTable("EventReferral"),
        StageTable("Order"),
        StageTable("OrderItem"),
        StageTable("Payment"),
        StageTable("Refund"),
        StageTable("Rsvp"),
        StageTable("RegistrationAnswer"),
        StageTable("CheckIn"),
        StageTable("EventFeedback"),
        StageTable("EventCollaborator"),
        StageTable("EventMessage"),
        StageTable("EventView"),
    ),
)
