"""People and deals: records of Attio's standard objects.

https://docs.attio.com/rest-api/endpoint-reference/records, https://docs.attio.com/docs/standard-objects/standard-objects
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from routemcp_connector import Document, Failure, Filter, Page, Query, Response, http

from .errors import checked, identifier
from .values import Values

OBJECTS = {"contact": "people", "deal": "deals"}

_CREATED_AT = "/created_at"
_CURSOR = re.compile(r"(asc|desc) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) (\d{1,6})")


@dataclass(frozen=True)
class Position:
    """Where a walk stands: at records made at `time`, of which `passed` have been given out.

    Attio counts offsets from the start (https://docs.attio.com/rest-api/guides/pagination), so a record that is deleted
    during a walk would make it skip another. Counting from a time keeps that to records of one and the same nanosecond.
    """

    direction: str
    time: str | None = None
    passed: int = 0

    @classmethod
    def read(cls, query: Query) -> Position:
        """Of a cursor, or the start."""
        direction = "desc" if query.sort and query.sort.descending else "asc"
        if query.cursor is None:
            return cls(direction)
        parts = _CURSOR.fullmatch(query.cursor)
        if not parts or parts[1] != direction:
            raise Failure.invalid_cursor("this cursor does not belong to this list")
        return cls(direction, parts[2], int(parts[3]))

    def after(self, times: list[str]) -> str:
        """The cursor behind records that were made at these times."""
        passed = times.count(times[-1])
        if times[-1] == self.time:
            passed += self.passed
        return f"{self.direction} {times[-1]} {passed}"

    def condition(self) -> dict[str, Any] | None:
        """https://docs.attio.com/docs/attribute-types/attribute-types-timestamp: $gte and $lte, to the nanosecond."""
        operator = "$gte" if self.direction == "asc" else "$lte"
        return None if self.time is None else {"created_at": {"value": {operator: self.time}}}


def list_records(name: str, query: Query) -> Page:
    """A page of records of an object, by the time when they were made."""
    position = Position.read(query)
    conditions = [_condition(condition) for condition in query.filters]
    if (onwards := position.condition()) is not None:
        conditions.append(onwards)
    body: dict[str, Any] = {
        # One more than wanted says whether there is another page: the answer has no such field.
        "limit": query.limit + 1,
        "offset": position.passed,
        "sorts": [{"attribute": "created_at", "field": "value", "direction": position.direction}],
    }
    if conditions:
        body["filter"] = {"$and": conditions}
    answer = checked(http.post(f"/v2/objects/{name}/records/query").json(body).repeatable().send())
    return _page(answer, position, query.limit)


def get_record(name: str, id: str) -> Document:
    """One record."""
    return Document.at(_read(name, id), "/data")


def create_record(name: str, values: dict[str, Any]) -> Document:
    """A new record."""
    # There is nothing to clear yet.
    written = Values({field: value for field, value in values.items() if value is not None})
    request = http.post(f"/v2/objects/{name}/records").json(_body(written, {}))
    return Document.at(checked(request.send(), written.fields), "/data")


def update_record(name: str, id: str, values: dict[str, Any]) -> Document:
    """Changes the given attributes and no others.

    By PUT, which sets the values of an attribute; PATCH would add to lists:
    https://docs.attio.com/rest-api/endpoint-reference/records/update-a-record-overwrite-multiselect-values
    """
    written = Values(values)
    current = _read(name, id).at("/data/values") if written.needs_current() else {}
    request = http.put(_path(name, id)).json(_body(written, current))
    return Document.at(checked(request.send(), written.fields), "/data")


def delete_record(name: str, id: str) -> None:
    """Deletes a record."""
    checked(http.delete(_path(name, id)).send())


def _page(answer: Response, position: Position, limit: int) -> Page:
    times = [time for time in answer.pluck("/data", _CREATED_AT) if isinstance(time, str)]
    if len(times) <= limit:
        return Page.at(answer, "/data", next=None)
    pointers = [f"/data/{index}" for index in range(limit)]
    return Page.at_each(answer, pointers, next=position.after(times[:limit]))


def _condition(condition: Filter) -> dict[str, Any]:
    """https://docs.attio.com/rest-api/guides/filtering-and-sorting, and the page of each type of attribute."""
    match condition.field:
        case "/values/email_addresses/0/email_address":
            return {"email_addresses": {"email_address": {"$eq": condition.value}}}
        case "/values/stage/0/status/title":
            return {"stage": condition.value}
        case "/values/associated_company/0/target_record_id":
            return {"associated_company": {"target_object": "companies", "target_record_id": condition.value}}
        case "/values/owner/0/referenced_actor_id":
            return {"owner": {"referenced_actor_type": "workspace-member", "referenced_actor_id": condition.value}}
        case field:
            raise Failure.rejected("lists cannot be filtered by this", {field: "has no filter in this connector"})


def _read(name: str, id: str) -> Response:
    return checked(http.get(_path(name, id)).send())


def _path(name: str, id: str) -> str:
    return f"/v2/objects/{name}/records/{http.segment(identifier(id, 'record'))}"


def _body(written: Values, current: dict[str, Any]) -> dict[str, Any]:
    return {"data": {"values": written.attributes(current)}}
