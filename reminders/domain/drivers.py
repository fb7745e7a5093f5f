"""Drivers: what planning knows of a patient, as it concerns one who drives them home.

A driver is written to only about visits, and only what the patient agreed to. So the facts
of a driver are the patient's, less what is none of the driver's business.
"""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from reminders.domain.facts import PatientFacts, Person, Stamp, Visit
from reminders.domain.history import History
from reminders.domain.news import same_place, same_start
from reminders.domain.told import last_told
from reminders.domain.words import Audience, PersonStatus

ARRANGED = frozenset({"yes", "patient says so"})
"""The states in which a visit has its driver."""


def recipients(facts: PatientFacts) -> Iterator[PatientFacts]:
    """Yield the facts of everybody who may be written to for the patient of *facts*: the patient, then each driver."""
    yield facts
    for driver in facts.drivers:
        yield facts_of_driver(facts, driver)


def facts_of_driver(facts: PatientFacts, driver: Person) -> PatientFacts:
    """Return what is known of the visits from which *driver* takes the patient of *facts* home, or once was to."""
    rows = [row for row in facts.standing if row.slot.recipient_id == driver.id]
    about = {row.slot.subject_id for row in rows}
    silenced = facts.person.status is not PersonStatus.ACTIVE
    return replace(
        facts,
        person=replace(driver, status=facts.person.status) if silenced else driver,
        visits=[
            _as_driven_by(driver.id, visit)
            for visit in facts.visits
            if visit.driver_id == driver.id or visit.id in about
        ],
        courses=(),
        standing=rows,
        drivers=(),
        audience=Audience.DRIVER,
    )


def _as_driven_by(driver_id: UUID, visit: Visit) -> Visit:
    """Return *visit* as the driver sees it: who drives instead is none of the old driver's business."""
    if visit.driver_id == driver_id:
        return visit
    return replace(visit, driver_id=None, driver_state="none", driver_agreed_at=None)


def state_of_driver(visit: Visit, here: Stamp, history: History, cancelling: frozenset[str]) -> str:
    """Return what is known of the driver: one who is only listed was asked once a text with this time reached them.

    Args:
        visit: The visit.
        here: What a message planned now would state.
        history: What stands for the patient, drivers included.
        cancelling: The rules that say that a visit is off.
    """
    if visit.driver_state != "listed" or visit.driver_id is None:
        return visit.driver_state
    rows = history.about(visit.id, visit.driver_id)
    told = last_told(history.reached(row for group in rows.values() for row in group), history, cancelling)
    is_asked = told is not None and not told.off and same_start(told.stamp, here) and same_place(told.stamp, here)
    return "asked" if is_asked else "listed"
