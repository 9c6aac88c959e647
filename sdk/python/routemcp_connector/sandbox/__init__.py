"""Help for playing a provider: requests and answers, state, test people, tokens and rate limits."""

from __future__ import annotations

from .people import Person, person
from .rate_limit import RateLimit, Taken, switch
from .state import MemoryStore, State, Store
from .tokens import Grant, Standing, Tokens, consent
from .wire import Request, Response, form_text

__all__ = [
    "Grant",
    "MemoryStore",
    "Person",
    "RateLimit",
    "Request",
    "Response",
    "Sandbox",
    "Standing",
    "State",
    "Store",
    "Taken",
    "Tokens",
    "consent",
    "form_text",
    "person",
    "switch",
]


class Sandbox:
    """A provider, played by its connector's author in the provider's own wire format.

    The module `connector` of a project holds one instance as `SANDBOX`.
    """

    def handle(self, request: Request, state: State) -> Response:
        """Answers one request.

        The host runs the calls of one organisation one after the other; a call that raises leaves nothing behind in
        `state`. Keep everything there: each call begins with the memory of the built component. The time is
        `clock.now_ms()`.
        """
        raise NotImplementedError
