"""The clinic of a torture run: zones around the moment, rules that come due at once, wordings that tell what they are.

Each wording begins its sentence with words of its own and names the visit's time, so the
ledger alone tells which message a text is.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

CANARY = "zephyrwort"
"""A word of every wording: found anywhere but in the database and at the provider, it is a leak."""

WORDS = {
    "booked": "booked for",
    "prep": "get ready for",
    "moved": "MOVED to",
    "cancelled": "call off",
    "note": "a note on",
    "safe": "take care on",
    "brief": "a quick word on",
    "letter": "a letter on",
}
"""What each rule's text says before the time of its visit."""

USE_ENDS = {"booked": timedelta(hours=1), "prep": timedelta(hours=1), "moved": timedelta(hours=1)}
"""How long before its visit each rule's text is of no use any more; of the others, when it starts."""

LIMITED = frozenset({"note", "letter"})
TEXTS_PER_DAY = 1
PREP_BEFORE = timedelta(hours=3)
PREP_EARLIER = timedelta(minutes=2)
"""By how much the changed protocol prepares earlier."""

_PLACE = "Africa/Lagos"
_ZONES = (
    "Pacific/Honolulu", "America/Phoenix", "America/Bogota", "America/Sao_Paulo", "Africa/Abidjan", "Africa/Lagos",
    "Africa/Johannesburg", "Africa/Nairobi", "Asia/Dubai", "Asia/Tashkent", "Asia/Dhaka", "Asia/Bangkok",
    "Asia/Singapore", "Asia/Tokyo", "Pacific/Port_Moresby", "Pacific/Guadalcanal", "Pacific/Tarawa",
)  # fmt: skip
"""Whole hours apart, and none of them changes its clocks."""
_EDGES = ("Asia/Tashkent", "America/Phoenix", "Asia/Bangkok", "America/Bogota")
"""Where the night may fall in the middle of the run: whoever looked at the clock before it must look again.

Each has another of them twelve hours away. At any hour the night of at least one is none that covers noon.
"""


@dataclass(frozen=True, slots=True)
class Night:
    """The quiet hours of the run, and who lives through them."""

    begins: time
    ends: time
    falls_in: str
    """The zone in which they begin during the run."""

    @classmethod
    def around(cls, now: datetime) -> "Night":
        """Return quiet hours that begin in two minutes in one zone and end in four minutes in another."""
        nights = (cls._falling_in(zone, now) for zone in _EDGES)
        return next(night for night in nights if not night._covers(time(12)))

    @classmethod
    def _falling_in(cls, zone: str, now: datetime) -> "Night":
        begins = now.astimezone(ZoneInfo(zone)) + timedelta(minutes=2)
        ends = begins + timedelta(hours=12, minutes=2)
        return cls(begins.time().replace(second=0, microsecond=0), ends.time().replace(second=0, microsecond=0), zone)

    def falling(self, at: datetime) -> "Night":
        """Return the same night, that begins at the very instant *at*."""
        return replace(self, begins=at.astimezone(ZoneInfo(self.falls_in)).time())

    def is_quiet(self, at: datetime, zone: str) -> bool:
        """Whether *at* lies in the quiet hours of *zone*."""
        return self._covers(at.astimezone(ZoneInfo(zone)).time())

    def _covers(self, local: time) -> bool:
        if self.begins < self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def zones(self, now: datetime, *, quiet: bool) -> list[str]:
        """Return the zones in which it is quiet from now on for a while, or open for a while."""
        hours = (now, now + timedelta(minutes=3), now + timedelta(minutes=45))
        if quiet:
            return [zone for zone in _ZONES if all(self.is_quiet(at, zone) for at in hours[:2])]
        return [zone for zone in _ZONES if not any(self.is_quiet(at, zone) for at in hours)]


def local_text(at: datetime) -> str:
    """Return the time of a visit as texts name it (without a zone)."""
    local = at.astimezone(ZoneInfo(_PLACE))
    return f"{local:%a %b} {local.day} {local.hour % 12 or 12}:{local:%M} {local:%p}"


def write_folder(folder: Path, night: Night) -> Path:
    """Write the configuration folder of the run."""
    (folder / "protocols").mkdir(parents=True)
    (folder / "templates" / "en").mkdir(parents=True)
    (folder / "clinic.yaml").write_text(_CLINIC.format(night=night, place=_PLACE, limit=TEXTS_PER_DAY))
    for slug, text in protocols(changed=False).items():
        (folder / "protocols" / f"{slug}.yaml").write_text(text)
    for rule, words in WORDS.items():
        told = {"words": words, "canary": CANARY}
        (folder / "templates" / "en" / f"{rule}.sms.liquid").write_text(_SMS % told)
        (folder / "templates" / "en" / f"{rule}.email.md").write_text(_EMAIL % told)
    return folder


def protocols(*, changed: bool) -> dict[str, str]:
    """Return the protocols by slug; *changed*: what is published while batches are in flight."""
    before = PREP_BEFORE + (PREP_EARLIER if changed else timedelta())
    minutes = int(before.total_seconds() // 60)
    visit = _VISIT.format(prep=f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else ""))
    return {"visit": visit, "notes": _NOTES, "care": _CARE, "brief": _BRIEF, "letters": _LETTERS}


def now() -> datetime:
    """Return the real time: that is what a torture run lives in."""
    return datetime.now(UTC)  # noqa: TID251


_CLINIC = """\
clinic: torture
name: Cedar Clinic
display_name: Cedar Clinic
phone: 212-555-0142
language: en
region: US
countries: [US]
quiet_hours: {{from: "{night.begins:%H:%M}", until: "{night.ends:%H:%M}"}}
limits: {{texts_per_day: {limit}, texts_per_week: 7}}
locations:
  - slug: main
    name: Main office
    address: 250 Linden Avenue
    zone: {place}
    hours: {{monday-sunday: "00:00-23:59"}}
services:
  - {{slug: visit, title: {{en: Visit}}}}
  - {{slug: notes, title: {{en: Notes}}}}
  - {{slug: care, title: {{en: Care}}}}
  - {{slug: brief, title: {{en: Brief}}}}
  - {{slug: letters, title: {{en: Letters}}}}
staff:
  - {{slug: front-desk, name: Front desk, role: coordinator, phone: 212-555-0143}}
"""

_VISIT = """\
protocol: visit
title: Visit
services: [visit]
rules:
  - slug: booked
    anchor: booked
    offset: at once
    category: admin
    template: booked
    when:
      - {{fact: visit.status, is: in, value: [booked]}}
    useful_until: start - 1 h
    limited: no
  - slug: prep
    anchor: start
    offset: -{prep}
    category: prep
    template: prep
    when:
      - {{fact: visit.status, is: in, value: [booked]}}
    useful_until: start - 1 h
  - slug: moved
    anchor: moved
    offset: at once
    category: admin
    template: moved
    when:
      - {{fact: visit.status, is: in, value: [booked]}}
    useful_until: start - 1 h
    rescue: yes
  - slug: cancelled
    anchor: cancelled
    offset: at once
    category: admin
    template: cancelled
    when:
      - {{fact: visit.status, is: equal, value: cancelled}}
      - {{fact: visit.cancelled_by, is: equal, value: clinic}}
    useful_until: start
    rescue: yes
"""

_NOTES = """\
protocol: notes
title: Notes
services: [notes]
rules:
  - slug: note
    anchor: booked
    offset: at once
    category: admin
    channels: [sms]
    template: note
    when:
      - {fact: visit.status, is: in, value: [booked]}
    useful_until: start
"""

_CARE = """\
protocol: care
title: Care
services: [care]
rules:
  - slug: safe
    anchor: booked
    offset: at once
    category: safety
    template: safe
    when:
      - {fact: visit.status, is: in, value: [booked]}
    useful_until: start
"""

_BRIEF = """\
protocol: brief
title: Brief
services: [brief]
rules:
  - slug: brief
    anchor: booked
    offset: at once
    category: admin
    channels: [sms]
    template: brief
    limited: no
    when:
      - {fact: visit.status, is: in, value: [booked]}
    useful_until: start
"""

_LETTERS = """\
protocol: letters
title: Letters
services: [letters]
rules:
  - slug: letter
    anchor: booked
    offset: at once
    category: admin
    channels: [email, sms]
    template: letter
    when:
      - {fact: visit.status, is: in, value: [booked]}
    useful_until: start
"""

_SMS = """\
---
segments: 2
---
{{ clinic.name }}: {%% if patient.first_name %%}{{ patient.first_name }}, {%% endif %%}%(words)s {{ visit.date }} \
{{ visit.time }}. Ask for %(canary)s or call {{ clinic.phone }}. Reply STOP to opt out.
"""

_EMAIL = """\
---
subject: "Your visit {{ visit.date }} {{ visit.time }}"
---
Hello{%% if patient.first_name %%} {{ patient.first_name }}{%% endif %%},

%(words)s {{ visit.date }}, {{ visit.time }}. Ask for %(canary)s.

If the time does not suit you, please call us at [{{ clinic.phone }}](tel:{{ clinic.phone }}).

Warm regards,\\
{{ clinic.name }}

This mailbox is not read. To reach us, or to get no more of these emails, please call \
[{{ clinic.phone }}](tel:{{ clinic.phone }}).
"""
