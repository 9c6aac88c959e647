"""{{name}}, played for tests: the same paths, pages and errors, with made-up people.

Test keys of RouteMCP talk to this instead of the provider, so it is worth being exact: what it lets through that the
provider would refuse is found by nobody's tests.
"""

from __future__ import annotations

from typing import Any

from routemcp_connector import clock
from routemcp_connector.sandbox import RateLimit, Request, Response, Sandbox, State, person, switch

TOKEN = "sandbox-key-1"
"""As in the manifest. Not a secret: it opens nothing but test data."""
LIMIT = RateLimit(calls=1_000, window_ms=10_000)
SEEDED = 60
PEOPLE = "people"
FIELDS = ("first_name", "last_name", "email", "phone", "company", "job_title")
LONGEST = 200
"""Characters that a field may have."""


class ProviderSandbox(Sandbox):
    """The provider."""

    def handle(self, request: Request, state: State) -> Response:
        """Answers one request."""
        switched = switch(request, state)
        if switched:
            return switched
        if request.token("Bearer") != TOKEN:
            return error(401, "the API key is missing or wrong")
        taken = LIMIT.take(state, TOKEN, clock.now_ms())
        if not taken.allowed:
            wait = max(-(-taken.retry_after_ms // 1_000), 1)
            return error(429, "too many calls").with_header("retry-after", wait)
        seed(state)
        match (request.method, request.segments()):
            case ("GET", ["people"]):
                return list_people(request, state)
            case ("POST", ["people"]):
                return create(request, state)
            case (method, ["people", id]):
                return one(method, id, request, state)
            case _:
                return error(404, "there is no such path")


def list_people(request: Request, state: State) -> Response:
    """A page, and where the next one begins; `next` is null on the last page."""
    text = request.parameter("limit") or "20"
    if not text.isdigit() or not 1 <= int(text) <= 100:
        return error(400, "limit is a number from 1 to 100")
    limit = int(text)
    email = request.parameter("email")
    after = request.parameter("after") or ""
    people = [entry for key, entry in state.scan_all(PEOPLE) if key > after]
    if email is not None:
        people = [entry for entry in people if (entry["email"] or "").lower() == email.lower()]
    page = people[:limit]
    return Response.json(200, {"people": page, "next": page[-1]["id"] if len(people) > limit else None})


def create(request: Request, state: State) -> Response:
    """A new person with the next number."""
    values = request.json()
    wrong = fault(values)
    if wrong:
        return wrong
    if not values.get("email"):
        return error(422, "email is required", "email")
    now = clock.now_ms() // 1_000
    id = f"p{state.count(PEOPLE, SEEDED + 1):06}"
    entry = {**dict.fromkeys(FIELDS), **values, "id": id, "created": now, "updated": now}
    state.put(PEOPLE, id, entry)
    return Response.json(201, entry)


def one(method: str, id: str, request: Request, state: State) -> Response:
    """Reads, changes or deletes one person."""
    entry = state.get(PEOPLE, id)
    if entry is None:
        return error(404, "there is no such person")
    if method == "GET":
        return Response.json(200, entry)
    if method == "DELETE":
        state.delete(PEOPLE, id)
        return Response.empty(204)
    if method != "PATCH":
        return error(405, "GET, PATCH or DELETE")
    values = request.json()
    wrong = fault(values)
    if wrong:
        return wrong
    if "email" in values and not values["email"]:
        return error(422, "email is required", "email")
    entry = {**entry, **values, "updated": clock.now_ms() // 1_000}
    state.put(PEOPLE, id, entry)
    return Response.json(200, entry)


def fault(values: Any) -> Response | None:
    """What is wrong with the values of a write."""
    if not isinstance(values, dict):
        return error(400, "the body must be a JSON object")
    for field, value in values.items():
        if field not in FIELDS:
            return error(422, f"there is no field {field}", field)
        if value is not None and (not isinstance(value, str) or len(value) > LONGEST):
            return error(422, f"{field} must be text of at most {LONGEST} characters", field)
    return None


def seed(state: State) -> None:
    """The same people for everybody, the first time."""
    if state.get("control", "seeded"):
        return
    for number in range(SEEDED):
        who = person(number)
        made = 1_767_225_600 + number * 86_400  # 2026-01-01, one a day
        values = (who.first_name, who.last_name, who.email, who.phone, who.company, who.job_title)
        id = f"p{number + 1:06}"
        entry = {**dict(zip(FIELDS, values, strict=True)), "id": id, "created": made, "updated": made}
        state.put(PEOPLE, id, entry)
    state.put("control", "seeded", True)


def error(status: int, message: str, field: str | None = None) -> Response:
    """An error as the provider writes it."""
    return Response.json(status, {"error": {"message": message, "field": field}})
