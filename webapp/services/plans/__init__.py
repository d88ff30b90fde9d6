"""Plans: asked for, computed in the background, decided line by line, published."""

from webapp.services.plans.decisions import (
    NotDecidableError,
    accept_group,
    decide_proposal,
    remove_pin,
)
from webapp.services.plans.publishing import (
    NotPublishableError,
    OutdatedPlanError,
    Publication,
    find_newer,
    publish_plan,
)
from webapp.services.plans.requests import (
    UNDER_WAY,
    PlanUnderWayError,
    find_under_way,
    start_plan,
    stop_plan,
)
from webapp.services.plans.runs import LateResultError, requeue_lost_plans, run_plan

__all__ = [
    "UNDER_WAY",
    "LateResultError",
    "NotDecidableError",
    "NotPublishableError",
    "OutdatedPlanError",
    "PlanUnderWayError",
    "Publication",
    "accept_group",
    "decide_proposal",
    "find_newer",
    "find_under_way",
    "publish_plan",
    "remove_pin",
    "requeue_lost_plans",
    "run_plan",
    "start_plan",
    "stop_plan",
]
