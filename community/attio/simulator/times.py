"""Times as Attio writes them: UTC, nine decimal places."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(now_ms: int) -> str:
    """ "2022-11-21T13:22:49.061000000Z"."""
    seconds, milliseconds = divmod(now_ms, 1_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03}000000Z"
