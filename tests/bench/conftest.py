"""A clinic at work, as the pipeline's tests have it."""

from tests.pipeline.conftest import clinic, seeded

__all__ = ["clinic", "seeded"]
