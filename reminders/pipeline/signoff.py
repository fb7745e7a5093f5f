"""Sign-off: a clinician puts a name under what is in force."""

from reminders.domain.errors import RefusedError
from reminders.pipeline.parts import Parts
from reminders.store import audit, signatures
from reminders.store.now import read
from reminders.store.senders import only_clinic


def sign_off(parts: Parts, key: str, *, by: str) -> list[str]:
    """Sign what *key* (protocol:…, service:…, or `all`) holds now; return what was signed anew."""
    if not by.strip():
        raise RefusedError("A sign-off needs the clinician's name: --by NAME.", code="no_name")
    with parts.transaction() as session:
        clinic_id = only_clinic(session)
        if clinic_id is None:
            raise RefusedError("There is no clinic yet. Run: reminders seed", code="no_clinic")
        known = signatures.contents(session, clinic_id)
        if key != "all" and key not in known:
            raise RefusedError(f"There is nothing to sign called {key!r}. There is: {', '.join(known)}.", code="no_key")
        now = read(session)
        chosen = sorted(known) if key == "all" else [key]
        signed = [one for one in chosen if signatures.sign(session, clinic_id, one, by=by, now=now.clinic_at)]
        for one in signed:
            audit.note(session, at=now.clinic_at, who=by, what="sign", clinic_id=clinic_id, subject=("content", one))
    return signed


def unsigned(parts: Parts) -> list[str]:
    """Return what is in force and unsigned."""
    with parts.transaction() as session:
        clinic_id = only_clinic(session)
        return signatures.unsigned(session, clinic_id) if clinic_id else []
