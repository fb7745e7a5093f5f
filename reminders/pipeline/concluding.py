"""Concluding: what follows when a provider was asked about a message and had no report of it.

no answer            ─▶ asked again soon, for a day; then a sent one as if it were on its way
still on its way     ─▶ asked again later, and in the end no more
not there            ─▶ looked for once more, because lists lag
not there once more  ─▶ never accepted: it goes again, once, while it helps
nobody can tell      ─▶ a person finds out
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from reminders.channels.base import Missing, NoAnswer, Seen
from reminders.domain.answers import Hold
from reminders.domain.facts import MessageRow
from reminders.domain.inquiry import Proof, Verdict, decide
from reminders.domain.notices import is_double_harmless
from reminders.domain.reasons import Reason
from reminders.domain.states import State
from reminders.domain.validity import SHORTEST
from reminders.pipeline import aftermath
from reminders.pipeline.isolating import alone, together
from reminders.pipeline.parts import Parts
from reminders.pipeline.setting_aside import set_aside
from reminders.pipeline.times import POLLS
from reminders.store import open_ends, outbox, paces
from reminders.store.claims import lock_all_of
from reminders.store.facts import rows_by_id
from reminders.store.locks import retrying
from reminders.store.now import Now, read
from reminders.store.open_ends import OpenEnd

GIVE_UP = timedelta(days=1)
"""How long a provider that does not answer is asked before a person is: from the first such question on.

How long ago the message went tells nothing: while we were down, or its sender was shut, nobody asked.
"""

Finding = Seen | Missing | NoAnswer | Proof | None
"""What was learnt about one message; None: its provider cannot be asked."""

_Found = Sequence[tuple[OpenEnd, Finding]]

_log = structlog.get_logger(__name__)


def conclude(parts: Parts, found: _Found) -> None:
    """Carry out what follows from *found*; what the provider has shown is the receipts' business."""
    together(parts.transaction, lambda _session: found, partial(_conclude, parts), partial(_conclude_alone, parts))


def _conclude_alone(parts: Parts, one: tuple[OpenEnd, Finding]) -> int:
    return alone(parts.transaction, partial(_conclude, parts, [one]), partial(_set_aside, parts, one[0]))


def _set_aside(parts: Parts, end: OpenEnd, error: str) -> None:
    _log.error("conclude.failed", message_id=str(end.message_id), error=error)
    retrying(parts.transaction, lambda session: _set_aside_in(session, parts, end))


def _set_aside_in(session: Session, parts: Parts, end: OpenEnd) -> None:
    set_aside(session, parts, end.message_id)
    open_ends.close(session, [end.message_id])


def _conclude(parts: Parts, found: _Found, session: Session) -> int:
    lock_all_of(session, [end.message_id for end, _ in found])
    now = read(session)
    open_ends.note_answered(session, [end.message_id for end, one in found if _is_answered_again(end, one)])
    unanswered = {end.message_id: parts.times.ask_again for end, one in found if _unanswered(end, one, now)}
    open_ends.put_off(session, unanswered, patience=GIVE_UP)
    open_ends.put_off(session, _later(parts, found, now), counted=True)
    open_ends.close(session, [end.message_id for end, one in found if _is_on_its_way(end, one, now) and _is_last(end)])
    _hold_misconfigured(session, found, now)
    proven = [end for end, one in found if _is_absent(end, one) and end.checks > 0]
    untold = [end for end, one in found if _is_untold(end, one, now)]
    _decide(session, parts, proven, untold, now)
    return len(found)


def _unanswered(end: OpenEnd, finding: Finding, now: Now) -> bool:
    return isinstance(finding, NoAnswer) and (end.give_up_at is None or now.machine_at < end.give_up_at)


def _is_answered_again(end: OpenEnd, finding: Finding) -> bool:
    return end.give_up_at is not None and not isinstance(finding, NoAnswer)


def _is_on_its_way(end: OpenEnd, finding: Finding, now: Now) -> bool:
    """Whether the provider has it, or had it, without telling how it ended: be it that it does not answer any more."""
    return end.state is State.SENT and not _unanswered(end, finding, now)


def _is_last(end: OpenEnd) -> bool:
    return end.checks + 1 >= POLLS


def _is_absent(end: OpenEnd, finding: Finding) -> bool:
    return end.state is State.UNKNOWN and (finding is Proof.ABSENT or isinstance(finding, Missing))


def _is_untold(end: OpenEnd, finding: Finding, now: Now) -> bool:
    gave_up = isinstance(finding, NoAnswer) and not _unanswered(end, finding, now)
    return end.state is State.UNKNOWN and (finding is None or finding is Proof.SEVERAL or gave_up)


def _later(parts: Parts, found: _Found, now: Now) -> dict[UUID, timedelta]:
    """Return when to ask again about what the provider does not tell the end of."""
    times, later = parts.times, dict[UUID, timedelta]()
    for end, finding in found:
        if _is_on_its_way(end, finding, now) and not _is_last(end):
            later[end.message_id] = times.poll * 4 ** (end.checks + 1)
        elif _is_absent(end, finding) and end.checks == 0:
            later[end.message_id] = times.settle_again - times.settle_first
    return later


def _hold_misconfigured(session: Session, found: _Found, now: Now) -> None:
    wrong = {
        end.sender_id: one.reason for end, one in found if isinstance(one, NoAnswer) and one.hold is Hold.CONFIGURATION
    }
    for sender_id, reason in sorted(wrong.items()):
        aftermath.hold_sender(session, sender_id, reason, now)


def _decide(session: Session, parts: Parts, proven: Sequence[OpenEnd], untold: Sequence[OpenEnd], now: Now) -> None:
    """Decide about the messages of *proven*, whose tries never went, and of *untold*."""
    tries = {end.message_id: end.attempt_id for end in proven}
    rows = rows_by_id(session, [end.message_id for end in (*proven, *untold)])
    unknown = {message_id: one for message_id, one in rows.items() if one[1].state is State.UNKNOWN}
    resends = open_ends.resends(session, unknown)
    is_harmless = _double_harmless(session, parts, {end.clinic_id for end in (*proven, *untold)})
    for message_id, (patient_id, row) in unknown.items():
        verdict = decide(
            is_proven=message_id in tries,
            is_double_harmless=is_harmless(patient_id, row),
            resends=resends[message_id],
            is_useful=row.useful_until - now.clinic_at >= SHORTEST,
        )
        _carry_out(session, row, verdict, now)
    aftermath.follow(session, parts, [(one[0], message_id) for message_id, one in unknown.items()], now)
    paces.give_back(session, [tries[message_id] for message_id in unknown if message_id in tries])


def _carry_out(session: Session, row: MessageRow, verdict: Verdict, now: Now) -> None:
    match verdict:
        case Verdict.AGAIN:
            open_ends.send_again(session, row.id, now)
        case Verdict.TOO_LATE:
            aftermath.stop(session, row, state=State.EXPIRED, reason=Reason.TOO_LATE, now=now)
        case Verdict.A_PERSON:
            # What rides in it stays there: it may have been read. For staff nobody finds out: others are told.
            to = State.UNDELIVERED if is_double_harmless(row.slot.recipient_kind) else State.PARKED
            outbox.advance(session, [row.id], start=[State.UNKNOWN], to=to, at=now.clinic_at, reason=Reason.UNTOLD)


def _double_harmless(
    session: Session, parts: Parts, clinic_ids: Collection[UUID]
) -> Callable[[UUID | None, MessageRow], bool]:
    """Return what says whether a double of a message is harmless: its rule calls it so, or it is for staff."""
    contents = parts.library.read(session, clinic_ids) if clinic_ids else {}
    harmless = {
        (active.version_id, rule.slug)
        for content in contents.values()
        for active in content.book.protocols
        for rule in active.protocol.rules
        if rule.double_harmless
    }

    def is_harmless(patient_id: UUID | None, row: MessageRow) -> bool:
        if patient_id is None:
            return is_double_harmless(row.slot.recipient_kind)
        return (row.protocol_version_id, row.slot.rule) in harmless

    return is_harmless
