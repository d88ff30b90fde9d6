"""Who reaches which route: one line an endpoint. A route that is not in the table fails the test.

Each route is asked with rows of the own territory by everybody, and with rows of the other
territory, which nobody here may reach. Who does not reach a route gets 404, the anonymous the
sign-in page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.worlds import Land

ACTORS = ("alice", "bob", "bea", "charlie", "chloe", "dora", "emil")
EVERYBODY = " ".join(ACTORS)

# What a parameter of a URL means, unless a route says otherwise.
PARAMETERS: dict[str, Callable[[Land], Any]] = {
    "account_id": lambda land: land.bob.id,
    "coach_id": lambda land: land.coach.id,
    "enrolment_id": lambda land: land.confirmed.id,
    "feed_id": lambda land: land.feed.id,
    "group_id": lambda land: land.group.id,
    "measure_id": lambda land: land.measure.id,
    "participant_id": lambda land: land.participant.id,
    "partner_id": lambda land: land.partner.id,
    "period_id": lambda land: land.period.id,
    "pin_id": lambda land: land.pin.id,
    "plan_id": lambda land: land.plan.id,
    "proposal_id": lambda land: land.proposal.id,
    "referral_id": lambda land: land.referral.id,
    "slot_id": lambda land: land.group.slots[0].id,
    "territory_id": lambda land: land.territory.id,
    "venue_id": lambda land: land.group.venue_id,
}


@dataclass(frozen=True)
class Access:
    """``actors`` who reach the route with rows of their own territory, separated by spaces.

    ``form`` is what an unsafe method posts: a value, or a row's id by a function of the land.
    """

    actors: str
    parameters: dict[str, Callable[[Land], Any]] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)


PUBLIC = Access("everybody, signed in or not")

MATRIX: dict[str, Access] = {
    "accounts.disable_account": Access("emil"),
    "accounts.edit_account": Access("emil"),
    "accounts.enable_account": Access("emil"),
    "accounts.list_accounts": Access("emil"),
    "accounts.new_account": Access("emil"),
    "accounts.renew_password": Access("emil"),
    "audits.list_entries": Access("emil"),
    "audits.verify_chain": Access("emil"),
    "territories.edit_territory": Access("emil"),
    "territories.list_territories": Access("emil"),
    "territories.new_period": Access("emil"),
    "territories.new_territory": Access("emil"),
    "caseload.overview": Access("bob bea"),
    "enrolments.answer": Access(
        "bea",
        {"enrolment_id": lambda land: land.proposed.id},
        form={"answer": "accept"},
    ),
    "enrolments.enrol": Access("alice", form={"group_id": PARAMETERS["group_id"]}),
    "enrolments.show_full": Access("bob"),
    "enrolments.withdraw": Access("alice bob"),
    "coordination.overview": Access("alice"),
    "feed_files.read_feed": PUBLIC,
    "feeds.list_feeds": Access("bob bea charlie chloe dora"),
    "feeds.make_feed": Access("bob bea charlie chloe dora"),
    "feeds.revoke_feed": Access("bob"),
    "home.home": Access(EVERYBODY),
    "offer.list_offer": Access("alice bob bea"),
    "offer.show_group": Access("alice bob bea"),
    "offer.wish_group": Access("bob", form={"participant_id": PARAMETERS["participant_id"]}),
    "participants.edit_participant": Access("alice bob"),
    "participants.hand_over": Access("alice", form={"worker_id": lambda land: land.bea.id}),
    "participants.list_participants": Access("alice bob bea"),
    "participants.new_participant": Access("bob bea"),
    "participants.search": Access("alice bob bea"),
    "participants.show_participant": Access("alice bob"),
    "participants.show_timetable": Access("alice bob"),
    "plans.accept_group": Access("alice"),
    "plans.confirm_publication": Access("alice"),
    "plans.decide": Access("alice", form={"decision": "accept"}),
    "plans.download_problem": Access("alice"),
    "plans.download_solution": Access("alice"),
    "plans.list_plans": Access("alice"),
    "plans.new_plan": Access("alice"),
    "plans.publish_plan": Access("alice"),
    "plans.remove_pin": Access("alice"),
    "plans.show_plan": Access("alice"),
    "plans.show_progress": Access("alice"),
    "plans.start_plan": Access(
        "alice",
        form={
            "period_id": PARAMETERS["period_id"],
            "territory_id": PARAMETERS["territory_id"],
        },
    ),
    "plans.stop_plan": Access("alice"),
    "preferences.set_language": PUBLIC,
    "preferences.set_period": Access(EVERYBODY, form={"period_id": PARAMETERS["period_id"]}),
    "referrals.close": Access("alice bob"),
    "referrals.edit_referral": Access("alice bob"),
    "referrals.preview": Access("alice bob"),
    "referrals.reopen": Access("alice bob"),
    "sign_in.sign_in": PUBLIC,
    "sign_in.sign_out": Access(EVERYBODY),
    "visits.overview": Access("dora"),
    "groups.cancel_group": Access("charlie"),
    "groups.edit_group": Access("charlie"),
    "groups.list_groups": Access("charlie chloe"),
    "groups.new_group": Access("charlie chloe"),
    "groups.publish_draft": Access("charlie"),
    "groups.show_group": Access("alice charlie"),
    "partners.list_partners": Access("alice"),
    "partners.show_partner": Access("alice"),
    "slots.add_slots": Access("charlie"),
    "slots.cancel_slot": Access("charlie"),
    "slots.list_slots": Access("charlie chloe"),
    "slots.move_slot": Access("charlie"),
    "slots.restore_slot": Access("charlie"),
    "venues.edit_venue": Access("charlie"),
    "venues.list_venues": Access("charlie chloe"),
    "venues.new_venue": Access("charlie chloe"),
}
