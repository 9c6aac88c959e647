"""Workspace members and meetings.

https://docs.attio.com/rest-api/endpoint-reference/workspace-members and .../meetings
"""

from __future__ import annotations

from routemcp_connector.sandbox import Request, Response, State

from .answers import problem


def members(rest: list[str], state: State) -> Response:
    """All members, or one."""
    match rest:
        case []:
            return Response.json(200, {"data": [member for _, member in state.scan_all("members")]})
        case [id]:
            member = state.get("members", id)
            if member is None:
                raise problem(404, "not_found", f'Workspace member with ID "{id}" was not found.')
            return Response.json(200, {"data": member})
        case _:
            raise problem(404, "not_found", "Could not find endpoint.")


def meetings(rest: list[str], request: Request, state: State) -> Response:
    """A page of meetings by their start, or one."""
    match rest:
        case []:
            return _page(request, state)
        case [id]:
            meeting = state.get("meetings", id)
            if meeting is None:
                raise problem(404, "not_found", f'Meeting with ID "{id}" was not found.')
            return Response.json(200, {"data": meeting})
        case _:
            raise problem(404, "not_found", "Could not find endpoint.")


def _page(request: Request, state: State) -> Response:
    limit, cursor = request.parameter("limit") or "50", request.parameter("cursor") or "0"
    if not limit.isdigit() or not 1 <= int(limit) <= 200 or not cursor.isdigit():
        raise problem(400, "validation_type", "Query params validation error.")
    found = [meeting for _, meeting in state.scan_all("meetings")]
    found.sort(key=_start, reverse=request.parameter("sort") == "start_desc")
    end = int(cursor) + int(limit)
    following = str(end) if end < len(found) else None
    return Response.json(200, {"data": found[int(cursor) : end], "pagination": {"next_cursor": following}})


def _start(meeting: dict[str, dict[str, str]]) -> tuple[str, str]:
    start = meeting["start"]
    return start.get("datetime") or start["date"], meeting["id"]["meeting_id"]
