"""Workspace members, who own deals. https://docs.attio.com/rest-api/endpoint-reference/workspace-members"""

from __future__ import annotations

from routemcp_connector import Document, Failure, Page, Query, http

from .errors import checked, identifier


def list_members(query: Query) -> Page:
    """A page of members. Attio answers all at once, so a page is a part of that."""
    text = query.cursor or "0"
    if not text.isdigit():
        raise Failure.invalid_cursor("this cursor does not belong to this list")
    first = int(text)
    answer = checked(http.get("/v2/workspace_members").send())
    count = len(answer.pluck("/data", "/id"))
    end = min(first + query.limit, count)
    pointers = [f"/data/{index}" for index in range(first, end)]
    return Page.at_each(answer, pointers, next=str(end) if end < count else None)


def get_member(id: str) -> Document:
    """One member."""
    path = f"/v2/workspace_members/{http.segment(identifier(id, 'workspace member'))}"
    return Document.at(checked(http.get(path).send()), "/data")
