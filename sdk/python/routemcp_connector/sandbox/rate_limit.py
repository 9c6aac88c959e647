"""Counts calls as providers do, in a window that slides."""

from __future__ import annotations

from dataclasses import dataclass

from .state import State
from .wire import Request, Response

_PARTS = 10
"""Parts of a window. More parts slide more smoothly and store more."""
_COLLECTION = "rate-limits"
_SWITCH = ("control", "rate-limit")


@dataclass(frozen=True)
class Taken:
    """What a call found."""

    allowed: bool
    """Whether the call may go on."""
    remaining: int
    """Calls that are left in the window."""
    retry_after_ms: int
    """When the next call may go on; 0 if at once."""


@dataclass(frozen=True)
class RateLimit:
    """So many calls in so much time."""

    calls: int
    """Calls in one window."""
    window_ms: int
    """The length of the window."""

    def take(self, state: State, who: str, now_ms: int) -> Taken:
        """Counts one call of `who`, unless it is one too many. A number set by `switch` goes before `calls`."""
        calls = state.get(*_SWITCH)
        calls = self.calls if calls is None else int(calls)
        width = max(self.window_ms // _PARTS, 1)
        part = now_ms // width
        counts = [entry for entry in state.get(_COLLECTION, who) or [] if entry[0] + _PARTS > part]
        used = sum(count for _, count in counts)
        if used >= calls:
            oldest = counts[0][0] if counts else part
            return Taken(False, 0, max((oldest + _PARTS) * width - now_ms, 0))
        if counts and counts[-1][0] == part:
            counts[-1][1] += 1
        else:
            counts.append([part, 1])
        state.put(_COLLECTION, who, counts)
        return Taken(True, calls - used - 1, 0)


def switch(request: Request, state: State) -> Response | None:
    """The sandbox's own switch, which the conformance suite looks for; none for any other request.

    `PUT /_sandbox/rate-limit` with `{"requests": n}` sets the number of calls in a window, `DELETE` takes it back.
    """
    if request.segments() != ["_sandbox", "rate-limit"]:
        return None
    if request.method == "DELETE":
        state.delete(*_SWITCH)
        return Response.empty(204)
    body = request.json()
    calls = body.get("requests") if isinstance(body, dict) else None
    if request.method != "PUT" or not isinstance(calls, int) or calls < 0:
        return Response.json(400, {"message": 'PUT {"requests": n}, or DELETE'})
    state.put(*_SWITCH, calls)
    return Response.json(200, {"requests": calls})
