"""Requests to the provider.

The host resolves names, checks addresses, adds the credential, and retries where that is safe.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from . import host
from .failure import Failure


class Request:
    """A request that is being put together. It does nothing until it is sent."""

    def __init__(self, method: str, target: str) -> None:
        """A request with any method that the contract allows; see `get` for `target`."""
        self.method = method
        self.target = target
        self.pairs: list[tuple[str, str]] = []
        self.headers: list[tuple[str, str]] = []
        self.body: tuple[str, Any] | None = None
        """("json", text), ("form", pairs) or ("bytes", bytes)."""
        self.is_repeatable = False

    def query(self, name: str, value: object) -> Request:
        """Adds a query parameter unless the value is none.

        The host encodes it, so a value can never become a second parameter.
        """
        if value is not None:
            self.pairs.append((name, _text(value)))
        return self

    def header(self, name: str, value: str) -> Request:
        """Adds a header. The host refuses those that are its own, such as Authorization."""
        self.headers.append((name, value))
        return self

    def json(self, value: Any) -> Request:
        """Sends a value as JSON."""
        self.body = ("json", json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        return self

    def form(self, pairs: Iterable[tuple[str, object]]) -> Request:
        """Sends a form."""
        self.body = ("form", [(name, _text(value)) for name, value in pairs])
        return self

    def raw(self, body: bytes) -> Request:
        """Sends bytes as they are. Set their Content-Type with `header`."""
        self.body = ("bytes", body)
        return self

    def repeatable(self) -> Request:
        """Says that sending this twice does no harm though its method says otherwise (a search by POST).

        Lets the host retry.
        """
        self.is_repeatable = True
        return self

    def send(self) -> Response:
        """Sends it. Any HTTP status is an answer.

        Raises `Failure`: unavailable or timeout when no answer came, refused when the host's policy said no.
        """
        return Response(host.current().send(self))


class Response:
    """An answer. Its body stays in the host.

    Look at the few values you need, and hand records back by pointing at them (`Page.at`): copying a page into a
    connector costs more than the rest of the call. Pointers are RFC 6901.
    """

    def __init__(self, answer: host.Answer) -> None:
        """Made by `Request.send`."""
        self.answer = answer

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.answer.status()

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def accept(self) -> Response:
        """Passes an answer with a 2xx status on, and raises a failure for any other by its status alone.

        A connector that can read its provider's errors says more, and does that itself.
        """
        if self.ok:
            return self
        raise Failure.of_status(self.status)

    def header(self, name: str) -> str | None:
        """The first header of this name, in any case."""
        return self.answer.header(name)

    def at(self, pointer: str) -> Any:
        """The value at a pointer; none if there is nothing or if the body is not JSON."""
        return _value(self.answer.json_at(pointer))

    def pluck(self, array: str, member: str) -> list[Any]:
        """The value at `member` of every element of the array at `array`, in order; empty if there is no such array."""
        return [_value(text) for text in self.answer.pluck(array, member)]

    def text(self) -> str | None:
        """The whole body; none if it is not UTF-8."""
        return self.answer.text()


def get(target: str) -> Request:
    """A GET. `target` is a path below the connection's base URL, or an absolute URL on a granted host; without a query.

    Use `segment` for parts that come from outside.
    """
    return Request("GET", target)


def post(target: str) -> Request:
    """A POST; see `get` for `target`."""
    return Request("POST", target)


def put(target: str) -> Request:
    """A PUT; see `get` for `target`."""
    return Request("PUT", target)


def patch(target: str) -> Request:
    """A PATCH; see `get` for `target`."""
    return Request("PATCH", target)


def delete(target: str) -> Request:
    """A DELETE; see `get` for `target`."""
    return Request("DELETE", target)


def segment(text: str) -> str:
    """Percent-encodes text for one segment of a path, so that it cannot become two segments or a query."""
    # A lone "." or ".." would be taken for a step in the path; elsewhere a dot is harmless.
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)
