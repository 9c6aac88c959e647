"""Attio, played for tests: the parts of API v2 that the connector uses, in Attio's own wire format, and its OAuth."""

from __future__ import annotations

from routemcp_connector.sandbox import Request, Response, Sandbox, State, switch

from . import access, calendar, objects, seed
from .answers import Problem, problem


class Attio(Sandbox):
    """One workspace."""

    def handle(self, request: Request, state: State) -> Response:
        """Answers one request."""
        try:
            return switch(request, state) or self._answer(request, state)
        except Problem as found:
            return found.response()

    def _answer(self, request: Request, state: State) -> Response:
        granted = access.oauth(request, state)
        if granted:
            return granted
        access.admit(request, state)
        seed.plant(state)
        match (request.method, request.segments()):
            case ("POST", ["v2", "objects", name, "records", "query"]):
                return objects.query(objects.schema(name), request, state)
            case ("POST", ["v2", "objects", name, "records"]):
                return objects.create(objects.schema(name), request, state)
            case (method, ["v2", "objects", name, "records", id]):
                return objects.one(objects.schema(name), method, id, request, state)
            case ("GET", ["v2", "workspace_members", *rest]):
                return calendar.members(rest, state)
            case ("GET", ["v2", "meetings", *rest]):
                return calendar.meetings(rest, request, state)
            case _:
                raise problem(404, "not_found", f"Could not find endpoint {request.method} {request.path}.")
