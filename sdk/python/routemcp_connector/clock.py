"""The time."""

from . import host


def now_ms() -> int:
    """Milliseconds since the Unix epoch."""
    return host.current().now_ms()
