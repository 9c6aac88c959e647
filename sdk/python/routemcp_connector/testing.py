"""A host for unit tests: it runs a connector against a sandbox, or any other function, in the same process.

::

    with Host.of_sandbox(AcmeSandbox(), {"authorization": "Bearer test"}) as host:
        page = CONNECTOR.list("contact", Query(limit=5))
    assert len(page.resolve()) == 5
    assert host.requests[0].path == "/people"
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from . import host as seam
from .failure import Failure
from .http import Request as Sent
from .sandbox import MemoryStore, Request, Response, Sandbox, State, form_text

Provider = Callable[[Request], Response]

_HOST_HEADERS = ("authorization", "cookie", "host", "content-length", "connection", "proxy-authorization")


class Host:
    """What a connector asks outside WebAssembly, inside a `with` block."""

    def __init__(
        self,
        provider: Provider | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        now_ms: int | None = None,
    ) -> None:
        """Sends every request to `provider`. `now_ms` stops the clock; without it the system's clock is used."""
        self.provider = provider
        self.settings = dict(settings or {})
        self.stopped_at = now_ms
        self.requests: list[Request] = []
        self.logged: list[tuple[str, str]] = []
        self._before: seam.Host | None = None

    @classmethod
    def of_sandbox(
        cls,
        sandbox: Sandbox,
        credential: Mapping[str, str],
        *,
        settings: Mapping[str, str] | None = None,
        now_ms: int | None = None,
    ) -> Host:
        """Sends every request to a sandbox with fresh state; `credential` has the headers that the host would add."""
        state = State(MemoryStore())

        def play(request: Request) -> Response:
            headers = [*request.headers, *credential.items()]
            return sandbox.handle(Request(request.method, request.path, request.query, headers, request.body), state)

        return cls(play, settings=settings, now_ms=now_ms)

    def __enter__(self) -> Host:
        self._before = seam.install(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        seam.install(self._before)

    def send(self, request: Sent) -> Answer:
        """Sends a request, after the checks of the real host that an author is likely to run into."""
        if any(mark in request.target for mark in "?#"):
            raise Failure("refused", "the target must have no query and no fragment; use Request.query")
        for name, _ in request.headers:
            if name.lower() in _HOST_HEADERS:
                raise Failure("refused", f"the header {name} is the host's own")
        if self.provider is None:
            raise Failure.unavailable("no provider: give testing.Host one")
        asked = _to_provider(request)
        self.requests.append(asked)
        return Answer(self.provider(asked))

    def setting(self, name: str) -> str | None:
        """A setting of the connection."""
        return self.settings.get(name)

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return time.time_ns() // 1_000_000 if self.stopped_at is None else self.stopped_at

    def log(self, level: str, message: str) -> None:
        """A note for the operator."""
        self.logged.append((level, message))


class Answer:
    """A provider's answer, read as the host reads it."""

    def __init__(self, response: Response) -> None:
        """An answer with this response."""
        self.response = response
        try:
            self.body: Any = json.loads(response.body)
            self.is_json = True
        except ValueError:
            self.body, self.is_json = None, False

    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    def header(self, name: str) -> str | None:
        """The first header of this name, in any case."""
        return next((value for known, value in self.response.headers if known.lower() == name.lower()), None)

    def json_at(self, pointer: str) -> str | None:
        """The value at a pointer."""
        found, value = _find(self.body, pointer)
        return json.dumps(value) if found and self.is_json else None

    def pluck(self, array: str, member: str) -> list[str | None]:
        """One value of every element of an array."""
        found, elements = _find(self.body, array)
        if not found or not isinstance(elements, list):
            return []
        values = [_find(element, member) for element in elements]
        return [json.dumps(value) if has else None for has, value in values]

    def text(self) -> str | None:
        """The whole body."""
        try:
            return self.response.body.decode()
        except UnicodeDecodeError:
            return None


def _to_provider(request: Sent) -> Request:
    headers = list(request.headers)
    body = b""
    match request.body:
        case ("json", text):
            headers.append(("content-type", "application/json"))
            body = text.encode()
        case ("form", pairs):
            headers.append(("content-type", "application/x-www-form-urlencoded"))
            body = form_text(pairs).encode()
        case ("bytes", raw):
            body = raw
    return Request(request.method, request.target, list(request.pairs), headers, body)


def _find(value: Any, pointer: str) -> tuple[bool, Any]:
    """RFC 6901."""
    if not pointer:
        return True, value
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return False, None
    return True, value
