"""OAuth tokens that a sandbox gives out. They guard only test data, so they are unique and need not be secret."""

from __future__ import annotations

from dataclasses import dataclass

from .state import State
from .wire import Request, Response, form_text

_ACCESS = "access-tokens"
_REFRESH = "refresh-tokens"
_CODES = "used-codes"


@dataclass(frozen=True)
class Grant:
    """Tokens that were given out together."""

    access_token: str
    """For calls."""
    refresh_token: str
    """For new access tokens."""


@dataclass(frozen=True)
class Standing:
    """How an access token stands."""

    known: bool
    """Whether it was given out and not revoked."""
    left_ms: int
    """For how long it is good yet; 0 or less when it is not."""

    @property
    def valid(self) -> bool:
        """Whether calls may use it."""
        return self.known and self.left_ms > 0


@dataclass(frozen=True)
class Tokens:
    """How a provider gives out tokens."""

    prefix: str
    """Before the token's own part: "pat-"."""
    lifetime_ms: int
    """How long an access token lives."""
    rotates: bool = False
    """Whether a refresh token dies when it is used."""

    def exchange(self, state: State, code: str, now_ms: int) -> Grant | None:
        """Gives out tokens for an authorization code; none if it was used before."""
        if not code or state.get(_CODES, code):
            return None
        state.put(_CODES, code, True)
        return Grant(self._access(state, now_ms), self._refresh(state, now_ms))

    def refresh(self, state: State, refresh_token: str, now_ms: int) -> Grant | None:
        """Gives out a new access token; none if the refresh token is not good."""
        if not state.get(_REFRESH, refresh_token):
            return None
        if self.rotates:
            state.delete(_REFRESH, refresh_token)
            refresh_token = self._refresh(state, now_ms)
        return Grant(self._access(state, now_ms), refresh_token)

    def standing(self, state: State, access_token: str, now_ms: int) -> Standing:
        """How an access token stands."""
        expires_at_ms = state.get(_ACCESS, access_token)
        return Standing(False, 0) if expires_at_ms is None else Standing(True, expires_at_ms - now_ms)

    def revoke(self, state: State, token: str) -> bool:
        """Ends a token of either kind. Whether there was one."""
        access, refresh = state.delete(_ACCESS, token), state.delete(_REFRESH, token)
        return access or refresh

    def _access(self, state: State, now_ms: int) -> str:
        token = self._name(state, "access", now_ms)
        state.put(_ACCESS, token, now_ms + self.lifetime_ms)
        return token

    def _refresh(self, state: State, now_ms: int) -> str:
        token = self._name(state, "refresh", now_ms)
        state.put(_REFRESH, token, True)
        return token

    def _name(self, state: State, kind: str, now_ms: int) -> str:
        return f"{self.prefix}{kind}-{now_ms:x}-{state.count('tokens'):06}"


def consent(request: Request, state: State, now_ms: int) -> Response | None:
    """Answers the authorise URL of an OAuth provider; none if client or redirect are missing.

    There is nobody to ask here, so consent is given at once.
    """
    redirect = request.parameter("redirect_uri")
    if not redirect or not request.parameter("client_id"):
        return None
    code = f"code-{now_ms:x}-{state.count('codes')}"
    given = request.parameter("state")
    answer = form_text([("code", code)] + ([] if given is None else [("state", given)]))
    return Response.empty(302).with_header("location", f"{redirect}{'&' if '?' in redirect else '?'}{answer}")
