"""The ten database stages, in the order in which they run."""

from typing import Final

from tasks.stages import (
    analytics,
    backfill_activities,
    create_communities,
    create_events,
    create_friendships,
    create_orders,
    create_tickets,
    create_users,
    demo_user,
    load_static,
)
from tasks.stages.plan import Stage

STAGES: Final[tuple[Stage, ...]] = (
    load_static.STAGE,
    create_users.STAGE,
    create_communities.STAGE,
    create_events.STAGE,
    create_tickets.STAGE,
    create_orders.STAGE,
    create_friendships.STAGE,
    backfill_activities.STAGE,
    analytics.STAGE,
    demo_user.STAGE,
)
STAGE_BY_NAME: Final = {stage.name: stage for stage in STAGES}
