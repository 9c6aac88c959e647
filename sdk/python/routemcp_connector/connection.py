"""What this call runs for. Never a secret: credentials do not enter a connector."""

from __future__ import annotations

from . import host


def setting(name: str) -> str | None:
    """A setting of the connection or of the operator, such as "apiVersion"; none if it has no value."""
    return host.current().setting(name)
