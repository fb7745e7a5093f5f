"""The clinic at work of tests.pipeline, for what the store says about its rows."""

from tests.pipeline.conftest import clinic, seeded

__all__ = ["clinic", "seeded"]
