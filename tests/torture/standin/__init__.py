"""A stand-in for Twilio: a program of its own, which shares no code with `reminders` and keeps its own ledger."""
