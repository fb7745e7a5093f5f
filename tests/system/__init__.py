"""The whole system as real processes."""

DEADLY_PATIENT = "Boom"
"""Whoever puts a message to a patient of this name into words dies, as a fault in a library would have it."""
