"""The seam between a connector and what runs it: the component's host, or the double of it that tests install."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from .failure import Failure

if TYPE_CHECKING:
    from .http import Request


class Answer(Protocol):
    """An answer whose body the host keeps. Pointers are RFC 6901; values come as JSON text."""

    def status(self) -> int:
        """The HTTP status."""

    def header(self, name: str) -> str | None:
        """The first header of this name, in any case."""

    def json_at(self, pointer: str) -> str | None:
        """The value at a pointer; none if there is none or the body is not JSON."""

    def pluck(self, array: str, member: str) -> Sequence[str | None]:
        """For every element of the array at `array` the value at `member` in it; empty if there is no such array."""

    def text(self) -> str | None:
        """The whole body; none if it is not UTF-8."""


class Host(Protocol):
    """What a connector may ask for."""

    def send(self, request: Request) -> Answer:
        """Sends a request. Raises `Failure` when no answer came or policy refused."""

    def setting(self, name: str) -> str | None:
        """A setting of the connection."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""

    def log(self, level: str, message: str) -> None:
        """A note for the operator."""


class _NoHost:
    """What is asked before there is a host: while modules are imported, and in tests that install none."""

    def send(self, request: Request) -> Answer:
        raise Failure("refused", "there is no host to send this: in tests, install a testing.Host")

    def setting(self, name: str) -> str | None:
        return None

    def now_ms(self) -> int:
        raise Failure("refused", "there is no time at module level: it would stand still (in tests: testing.Host)")

    def log(self, level: str, message: str) -> None:
        return None


_current: Host = _NoHost()


def current() -> Host:
    """Whatever runs this connector."""
    return _current


def install(host: Host | None) -> Host:
    """Puts another host in place (none: no host) and answers the one before."""
    global _current
    before, _current = _current, host or _NoHost()
    return before
