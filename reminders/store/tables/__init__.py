"""The tables, one file for each group of rows that live together."""

from reminders.store.base import Base
from reminders.store.tables import clinic, machinery, messages, people, visits

__all__ = ["Base", "clinic", "machinery", "messages", "people", "visits"]
