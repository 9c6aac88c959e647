"""Requests and answers as a provider sees them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode


@dataclass
class Request:
    """A request to a sandbox."""

    method: str
    """In capitals."""
    path: str
    """Percent-encoded, from the first slash, without the query."""
    query: list[tuple[str, str]] = field(default_factory=list)
    """Decoded names and values in order."""
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Names and values in order; names in any case."""
    body: bytes = b""
    """The body's bytes."""

    def segments(self) -> list[str]:
        """The decoded segments of the path. A slash at the end adds none."""
        return [unquote(segment) for segment in self.path.split("/") if segment]

    def parameter(self, name: str) -> str | None:
        """The first query parameter of this name."""
        return next((value for known, value in self.query if known == name), None)

    def header(self, name: str) -> str | None:
        """The first header of this name, in any case."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    def token(self, scheme: str) -> str | None:
        """The token of `Authorization: <scheme> <token>`; the scheme in any case."""
        given, _, token = (self.header("authorization") or "").partition(" ")
        return token.strip() if token and given.lower() == scheme.lower() else None

    def json(self) -> Any:
        """The body as JSON; none if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def form(self) -> dict[str, str]:
        """The body as a form; the last value of each name."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


@dataclass
class Response:
    """An answer of a sandbox."""

    status: int
    """The HTTP status."""
    headers: list[tuple[str, str]] = field(default_factory=list)
    """Names and values in order."""
    body: bytes = b""
    """The body's bytes."""

    @classmethod
    def json(cls, status: int, body: Any) -> Response:
        """An answer in JSON."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return cls(status, [("content-type", "application/json;charset=utf-8")], text.encode())

    @classmethod
    def text(cls, status: int, body: str) -> Response:
        """An answer in plain text."""
        return cls(status, [("content-type", "text/plain;charset=utf-8")], body.encode())

    @classmethod
    def empty(cls, status: int) -> Response:
        """An answer without a body."""
        return cls(status)

    def with_header(self, name: str, value: object) -> Response:
        """The same answer with a header more."""
        return Response(self.status, [*self.headers, (name, str(value))], self.body)


def form_text(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as application/x-www-form-urlencoded."""
    return urlencode(list(pairs))
