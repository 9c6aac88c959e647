"""Meetings of the workspace's calendars, which Attio's API can only read so far.

https://docs.attio.com/rest-api/endpoint-reference/meetings/list-meetings (beta): limit 1 to 200, cursor, sort.
"""

from __future__ import annotations

from routemcp_connector import Document, Page, Query, http

from .errors import checked, identifier


def list_meetings(query: Query) -> Page:
    """A page of meetings by their start."""
    descending = query.sort is not None and query.sort.descending
    request = http.get("/v2/meetings").query("limit", query.limit).query("cursor", query.cursor)
    answer = checked(request.query("sort", "start_desc" if descending else "start_asc").send())
    return Page.at(answer, "/data", next=answer.at("/pagination/next_cursor") or None)


def get_meeting(id: str) -> Document:
    """One meeting."""
    return Document.at(checked(http.get(f"/v2/meetings/{http.segment(identifier(id, 'meeting'))}").send()), "/data")
