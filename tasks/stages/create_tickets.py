"""Load what an event sells and asks: tiers, promo codes, registration questions."""

from typing import Final

from tasks.stages.plan import PROMO_CODE_TIER, Stage, StageTable

STAGE: Final = Stage(
    "create-tickets",
    (
        StageTable("TicketTier"),
        StageTable("PromoCode"),
        PROMO_CODE_TIER,
        StageTable("RegistrationQuestion"),
    ),
)
