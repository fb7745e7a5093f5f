"""Reminders: tells people about their visits, by SMS and email, at the right hour, once."""

import zoneinfo

# One source of zone rules, the pinned `tzdata`: two machines must never disagree about an hour.
zoneinfo.reset_tzpath(to=())
