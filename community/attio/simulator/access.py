"""Who may call, and how often.

OAuth: https://docs.attio.com/docs/oauth/authorize and https://docs.attio.com/docs/oauth/token. Tokens are given out
without a lifetime and without a refresh token. Limits: https://docs.attio.com/rest-api/guides/rate-limiting. What a 401
looks like is not documented.
"""

from __future__ import annotations

from datetime import UTC, datetime

from routemcp_connector import clock
from routemcp_connector.sandbox import RateLimit, Request, Response, State, Tokens, consent

from .answers import problem

TOKEN = "attio-sandbox-7c1f0a52e9d84b36"
"""As in the manifest. Not a secret: it opens nothing but test data."""
TOKENS = Tokens(prefix="attio-", lifetime_ms=100 * 365 * 86_400_000)
_READS = RateLimit(calls=100, window_ms=1_000)
_WRITES = RateLimit(calls=25, window_ms=1_000)
# Tests walk through many pages in little time, and are not about limits unless they set one.
_FIXED = RateLimit(calls=1_000, window_ms=1_000)


def oauth(request: Request, state: State) -> Response | None:
    """The endpoints of app.attio.com; none for the API's."""
    now = clock.now_ms()
    match (request.method, request.segments()):
        case ("GET", ["authorize"]):
            return consent(request, state, now) or Response.json(400, {"error": "invalid_request"})
        case ("POST", ["oauth", "token"]):
            form = request.form()
            if not form.get("client_id") or not form.get("client_secret"):
                return Response.json(401, {"error": "invalid_client"})
            if form.get("grant_type") != "authorization_code":
                return Response.json(400, {"error": "unsupported_grant_type"})
            grant = TOKENS.exchange(state, form.get("code", ""), now)
            if grant is None:
                return Response.json(400, {"error": "invalid_grant"})
            return Response.json(200, {"access_token": grant.access_token, "token_type": "Bearer"})
        case _:
            return None


def admit(request: Request, state: State) -> None:
    """Raises what Attio answers to a stranger, or to too many calls."""
    token, now = request.token("Bearer") or "", clock.now_ms()
    if token != TOKEN and not TOKENS.standing(state, token, now).valid:
        raise problem(401, "unauthorized", "The access token is missing, wrong or revoked.")
    reads = request.method == "GET" or request.path.endswith("/query")
    limit = _FIXED if token == TOKEN else _READS if reads else _WRITES
    taken = limit.take(state, f"{token} {'read' if reads else 'write'}", now)
    if not taken.allowed:
        resets = datetime.fromtimestamp(-(-(now + taken.retry_after_ms) // 1_000), UTC)
        headers = [("retry-after", resets.strftime("%a, %d %b %Y %H:%M:%S GMT"))]
        raise problem(429, "rate_limit_exceeded", "Rate limit exceeded, please try again later", headers)
