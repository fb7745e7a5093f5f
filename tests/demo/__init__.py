"""The demo month, read as a visitor will see it."""
