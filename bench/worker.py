"""A worker of ours whose provider accepts everything at once: `celery -A bench.worker worker`.

All else is the product's: settings, tasks, claim, judgement, rendering, records. What is
measured with it is the work around a provider's call, not the call.
"""

from dataclasses import replace
from functools import lru_cache

from bench.ready import ReadyProvider
from reminders import bootstrap
from reminders.pipeline.parts import Parts
from reminders.tasks import connect

_whole = bootstrap.parts


@lru_cache(maxsize=1)
def parts() -> Parts:
    """Return the product's parts with that provider in the place of the sandbox."""
    return replace(_whole(), channels={"sandbox": ReadyProvider()})


bootstrap.parts = parts  # the tasks ask for them after the fork
app = connect()
