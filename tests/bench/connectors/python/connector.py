"""The list of `connectors/hubspot` in Python, request for request and check for check, to measure what the language costs."""

from __future__ import annotations

from pathlib import Path

from routemcp_connector import Connector, Failure, Page, Query, http
from routemcp_connector.http import Request

MAX_CURSOR_LENGTH = 500


class HubSpot(Connector):
    """Contacts and owners, listed."""

    manifest = Path(__file__).with_name("manifest.json").read_text(encoding="utf-8")

    def list(self, resource: str, query: Query) -> Page:
        """A page of records, which stay in the host."""
        if query.cursor is not None and not plausible(query.cursor):
            raise Failure("invalid-cursor", "this cursor does not belong to a HubSpot list")
        request = asking_for(resource, query)
        answer = request.query("limit", query.limit).query("after", query.cursor).send().accept()
        if answer.at("/results/0/id") is None and answer.at("/results") != []:
            raise Failure("unexpected", "HubSpot's answer is not a list of records")
        following = answer.at("/paging/next/after")
        if following is not None and following == query.cursor:
            raise Failure("unexpected", "HubSpot's next page is the same page again")
        return Page.at(answer, "/results", next=following)


def asking_for(resource: str, query: Query) -> Request:
    """The request for a page, without its limit and place."""
    if resource == "owner":
        return http.get("/crm/owners/2026-03").query("archived", False)
    properties = dict.fromkeys(field for field in query.fields if not field.startswith("/"))
    return http.get("/crm/objects/2026-03/contacts").query("properties", ",".join(properties))


def plausible(cursor: str) -> bool:
    """Whether text can be one of HubSpot's cursors."""
    return 0 < len(cursor) <= MAX_CURSOR_LENGTH and cursor.isascii() and cursor.isprintable() and " " not in cursor


CONNECTOR = HubSpot()
