"""The rows. One noun a file; importing this package registers every table."""

from webapp.models.account import Account, Role, SignIn
from webapp.models.audit import AuditEntry
from webapp.models.coach import Coach, CoachWindow
from webapp.models.enrolment import PLACED, DeclineReason, Enrolment, EnrolmentStatus
from webapp.models.feed import Feed, FeedReference, FeedScope
from webapp.models.group import Group, GroupState, Slot
from webapp.models.measure import Measure, MeasureKind
from webapp.models.participant import Certificate, Pairing, PairingKind, Participant
from webapp.models.partner import Partner, Venue
from webapp.models.plan import (
    Ban,
    Decision,
    Pin,
    Plan,
    PlanProgress,
    PlanState,
    Proposal,
)
from webapp.models.quota import Quota
from webapp.models.referral import Absence, AvailabilityWindow, Referral, ReferralStatus, Wish
from webapp.models.tag import Tag, TagKind
from webapp.models.territory import Period, Territory
from webapp.models.throttle import Throttle

__all__ = [
    "PLACED",
    "Absence",
    "Account",
    "AuditEntry",
    "AvailabilityWindow",
    "Ban",
    "Certificate",
    "Coach",
    "CoachWindow",
    "Decision",
    "DeclineReason",
    "Enrolment",
    "EnrolmentStatus",
    "Feed",
    "FeedReference",
    "FeedScope",
    "Group",
    "GroupState",
    "Measure",
    "MeasureKind",
    "Pairing",
    "PairingKind",
    "Participant",
    "Partner",
    "Period",
    "Pin",
    "Plan",
    "PlanProgress",
    "PlanState",
    "Proposal",
    "Quota",
    "Referral",
    "ReferralStatus",
    "Role",
    "SignIn",
    "Slot",
    "Tag",
    "TagKind",
    "Territory",
    "Throttle",
    "Venue",
    "Wish",
]
