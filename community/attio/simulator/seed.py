"""The same workspace for everybody, made at the first request."""

from __future__ import annotations

from typing import Any

from routemcp_connector.sandbox import State, person

from .attributes import OBJECTS, STAGES, WORKSPACE
from .times import stamp

PEOPLE, COMPANIES, DEALS, MEMBERS, MEETINGS = 47, 9, 24, 5, 13
_PARTS = {"people": 0, "companies": 1, "deals": 2, "members": 3, "meetings": 5}
_START_MS = 1_767_225_600_000  # 2026-01-01
_DAY_MS = 86_400_000


def identifier(kind: str, number: int) -> str:
    """The id of a seeded record; numbers begin at 1."""
    return f"6f2f5a1d-{_PARTS[kind]:04}-4000-8000-{number:012}"


def plant(state: State) -> None:
    """Puts the workspace there unless it is."""
    if state.get("control", "planted"):
        return
    for number in range(1, COMPANIES + 1):
        _record(state, "companies", number, {"name": person(number).company})
    for number in range(1, PEOPLE + 1):
        _record(state, "people", number, _person(number))
    for number in range(1, DEALS + 1):
        _record(state, "deals", number, _deal(number))
    for number in range(1, MEMBERS + 1):
        state.put("members", identifier("members", number), _member(number))
    for number in range(1, MEETINGS + 1):
        state.put("meetings", identifier("meetings", number), _meeting(number))
    state.put("control", "planted", True)


def _record(state: State, kind: str, number: int, values: dict[str, Any]) -> None:
    made = {}
    for slug, given in values.items():
        elements = given if isinstance(given, list) else [given]
        made[slug] = [OBJECTS[kind][slug].make(element) for element in elements]
    # Three at a time: imports make many records in one moment, and a walk must not lose any of them.
    created_at = stamp(_START_MS + number // 3 * _DAY_MS)
    id = identifier(kind, number)
    state.put(f"records/{kind}", id, {"id": id, "created_at": created_at, "values": made})


def _person(number: int) -> dict[str, Any]:
    who = person(number)
    values: dict[str, Any] = {
        "name": {"first_name": who.first_name, "last_name": who.last_name, "full_name": who.name},
        "email_addresses": [who.email],
        "company": {"target_object": "companies", "target_record_id": identifier("companies", number % COMPANIES + 1)},
    }
    if number % 3:
        values["phone_numbers"] = [{"original_phone_number": who.phone, "country_code": who.country_code}]
        values["job_title"] = who.job_title
    if number % 5 == 0:
        values["email_addresses"].append(f"private.{number}@example.net")
    if number % 4:
        values["primary_location"] = {
            **dict.fromkeys(("line_2", "line_3", "line_4", "latitude", "longitude")),
            "line_1": who.street,
            "locality": who.city,
            "region": who.region,
            "postcode": who.postal_code,
            "country_code": who.country_code,
        }
    return values


def _deal(number: int) -> dict[str, Any]:
    owner = {
        "referenced_actor_type": "workspace-member",
        "referenced_actor_id": identifier("members", number % MEMBERS + 1),
    }
    values: dict[str, Any] = {
        "name": f"{person(number).company}, order {number}",
        "stage": STAGES[number % len(STAGES)],
        "owner": owner,
        "associated_people": [{"target_object": "people", "target_record_id": identifier("people", number)}],
    }
    if number % 4:
        values["value"] = 1_000 * number + 0.5
    if number % 3:
        company = identifier("companies", number % COMPANIES + 1)
        values["associated_company"] = {"target_object": "companies", "target_record_id": company}
    return values


def _member(number: int) -> dict[str, Any]:
    who = person(200 + number)
    return {
        "id": {"workspace_id": WORKSPACE, "workspace_member_id": identifier("members", number)},
        "first_name": who.first_name,
        "last_name": who.last_name,
        "avatar_url": None,
        "email_address": who.email,
        "access_level": ("admin", "member", "member", "suspended", "member")[number - 1],
        "created_at": stamp(_START_MS - number * _DAY_MS),
    }


def _meeting(number: int) -> dict[str, Any]:
    begin = _START_MS + number * _DAY_MS + 9 * 3_600_000
    all_day = number % 6 == 0
    linked = [{"object_slug": "people", "object_id": None, "record_id": identifier("people", number)}]
    if number % 2:
        linked.append({"object_slug": "deals", "object_id": None, "record_id": identifier("deals", number)})
    return {
        "id": {"workspace_id": WORKSPACE, "meeting_id": identifier("meetings", number)},
        "title": f"Call with {person(number).name}",
        "description": "" if number % 4 == 0 else f"Agenda {number}",
        "is_all_day": all_day,
        "start": _moment(begin, all_day),
        "end": _moment(begin + 2_700_000, all_day),
        "participants": [
            {"status": "accepted", "is_organizer": True, "email_address": person(200 + number % MEMBERS + 1).email},
            {"status": "pending", "is_organizer": False, "email_address": person(number).email},
        ][: 1 + number % 2],
        "linked_records": linked,
        "created_at": stamp(begin - _DAY_MS),
        "created_by_actor": {"type": "workspace-member", "id": identifier("members", 1)},
    }


def _moment(at_ms: int, all_day: bool) -> dict[str, str]:
    text = stamp(at_ms)
    return {"date": text[:10]} if all_day else {"datetime": f"{text[:23]}Z", "timezone": "Europe/Berlin"}
