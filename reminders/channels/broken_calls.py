"""What became of a call over HTTP that broke: it was not taken, or nobody knows."""

import aiohttp

from reminders.domain.answers import Deferred, Unknown

BREAKS = (TimeoutError, aiohttp.ClientError, OSError)
"""What aiohttp raises where a call breaks."""


def broken(error: Exception) -> Deferred | Unknown:
    """Return what one of `BREAKS` tells: without a connection nothing was taken, after that it may have been."""
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return Deferred("no_connection")
    return Unknown("timeout" if isinstance(error, TimeoutError) else "dropped")
