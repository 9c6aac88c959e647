"""Attio: people as contacts, deals, meetings, and workspace members as owners. API v2, https://docs.attio.com/rest-api."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from routemcp_connector import Connector, Document, Page, Query

from attio import meetings, members, records
from simulator import Attio as AttioSandbox


class Attio(Connector):
    """One Attio workspace."""

    manifest = Path(__file__).with_name("manifest.json").read_text(encoding="utf-8")

    def list(self, resource: str, query: Query) -> Page:
        """A page of records, which stay in the host."""
        if resource == "meeting":
            return meetings.list_meetings(query)
        if resource == "owner":
            return members.list_members(query)
        return records.list_records(records.OBJECTS[resource], query)

    def get(self, resource: str, id: str, fields: Sequence[str]) -> Document:
        """One record."""
        if resource == "meeting":
            return meetings.get_meeting(id)
        if resource == "owner":
            return members.get_member(id)
        return records.get_record(records.OBJECTS[resource], id)

    def create(self, resource: str, values: dict[str, Any], fields: Sequence[str]) -> Document:
        """A new person or deal."""
        return records.create_record(records.OBJECTS[resource], values)

    def update(self, resource: str, id: str, values: dict[str, Any], fields: Sequence[str]) -> Document:
        """Changes a person or deal."""
        return records.update_record(records.OBJECTS[resource], id, values)

    def delete(self, resource: str, id: str) -> None:
        """Deletes a person or deal."""
        records.delete_record(records.OBJECTS[resource], id)


CONNECTOR = Attio()
SANDBOX = AttioSandbox()
