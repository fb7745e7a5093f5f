"""The thread that a text belongs to: who writes, what they were asked, what they wrote before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from reminders.domain.facts import OpenHours
from reminders.domain.replies.inbound import Inbound
from reminders.domain.replies.prompts import Prompt
from reminders.domain.words import Context, PersonStatus
from reminders.pipeline.parts import Parts
from reminders.store import correspondents, prompts, replies
from reminders.store.correspondents import Ahead, Correspondent
from reminders.store.library import Content
from reminders.store.locks import lock_addresses, lock_people
from reminders.store.now import Now
from reminders.store.replies import Earlier, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """One text in its thread; addresses and people are locked."""

    session: Session
    parts: Parts
    content: Content
    line: Line
    now: Now
    inbound: Inbound
    reply_id: UUID
    address_id: UUID
    people: Sequence[Correspondent]
    """Who uses the phone; a stranger where nobody is known by it."""
    visits: Mapping[UUID, Ahead]
    """Those they may speak of, soonest first."""
    prompts: Sequence[Prompt]
    """What they were asked and nobody answered; some of it may be over."""
    earlier: Sequence[Earlier]
    was_silenced: bool
    """Somebody at this phone had said STOP before this text."""
    stop_changes: bool
    """STOP would silence somebody or something here that nothing has silenced yet."""

    @property
    def language(self) -> str:
        """The language of whoever writes; the clinic's for strangers."""
        return self.people[0].language

    @property
    def usual(self) -> Context:
        """What somebody is understood by who was asked nothing: who only drives speaks as a driver."""
        return Context.DRIVER_PERSON if {one.kind for one in self.people} == {"driver"} else Context.NONE

    @property
    def is_gone(self) -> bool:
        """Whether everybody here died or is no longer treated."""
        return all(one.status is not PersonStatus.ACTIVE for one in self.people)

    def hours_of(self, visit: Ahead | None) -> OpenHours:
        """Return when somebody is there who can act: where the visit is, else at the first location by name."""
        return self.content.book.hours_at(visit.location_id if visit else None)


def open_thread(
    session: Session, parts: Parts, line: Line, content: Content, now: Now, inbound: Inbound
) -> Thread | None:
    """Keep *inbound*, lock who writes, and return its thread; None: it was kept before."""
    address_id = replies.address_of(session, parts.vault, line.clinic_id, inbound.sender)
    reply_id = replies.keep(session, parts.vault, line, address_id, inbound, now)
    if reply_id is None:
        return None
    people = _people(session, parts, line, content, address_id)
    asked = prompts.at_address(session, address_id, now=now.clinic_at)
    patient_ids = {one.patient_id for one in people if one.patient_id}
    visit_ids = {one.visit_id for one in asked if one.visit_id}
    visits = correspondents.visits_of(session, patient_ids, visit_ids, now.clinic_at)
    return Thread(
        session=session,
        parts=parts,
        content=content,
        line=line,
        now=now,
        inbound=inbound,
        reply_id=reply_id,
        address_id=address_id,
        people=people,
        visits={visit.id: visit for visit in visits},
        prompts=asked,
        earlier=replies.earlier(session, address_id, reply_id),
        was_silenced=correspondents.is_silenced(session, address_id),
        stop_changes=correspondents.may_be_silenced(session, address_id),
    )


def _people(session: Session, parts: Parts, line: Line, content: Content, address_id: UUID) -> Sequence[Correspondent]:
    found = correspondents.at_address(session, address_id)
    if not found:  # two texts of one stranger at once make one stranger
        lock_addresses(session, [address_id])
        found = correspondents.at_address(session, address_id)
    patients = {one.patient_id for one in found if one.patient_id}
    lock_people(session, patients | {one.id for one in found}, addresses=[address_id])
    if found:
        return found
    language = content.book.policy.language
    return [correspondents.add_stranger(session, parts.vault, line.clinic_id, address_id, language)]
