"""The paces of a clinic's senders in the clinic file: how fast, and how much in a day.

senders:
sms: {per_second: 1, segments_per_day: 2000}
email: {per_second: 10}
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from reminders.domain.blocks import Block
from reminders.domain.clinic_setup import PaceSetup
from reminders.domain.config_words import whole_number
from reminders.domain.errors import RefusedError
from reminders.domain.words import WRITTEN, Channel

FASTEST = 1000
_RATE = re.compile(r"\d{1,4}(\.\d{1,2})?", re.ASCII)


def read_senders(block: Block) -> Mapping[Channel, PaceSetup]:
    """Return by channel the paces that the clinic in *block* lays down."""
    senders = block.block("senders")
    paces = {channel: _read_pace(senders.block(channel), channel) for channel in WRITTEN}
    senders.close()
    return {channel: pace for channel, pace in paces.items() if channel in senders.names()}


def _read_pace(block: Block, channel: Channel) -> PaceSetup:
    pace = PaceSetup(
        per_second=block.may("per_second", _rate, None),
        segments_per_day=block.may("segments_per_day", _a_day, None) if channel is Channel.SMS else None,
    )
    block.close()
    return pace


def _rate(text: str) -> Decimal:
    rate = Decimal(text) if _RATE.fullmatch(text) else Decimal(0)
    if not 0 < rate <= FASTEST:
        raise RefusedError(
            f"{text!r} is not a rate; give messages a second, from 0.01 to {FASTEST}, such as 1 or 3.75."
        )
    return rate


def _a_day(text: str) -> int:
    segments = whole_number(text)
    if not segments:
        raise RefusedError("0 would hold back every text; give at least 1, or leave the line out for no limit.")
    return segments
