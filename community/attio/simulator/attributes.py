"""Types of attributes: what can be written, and how it reads back.

Each type has its page below https://docs.attio.com/docs/attribute-types. Stored values have only the members of
their type.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Made = dict[str, Any]

STAGES = ("Lead", "In Progress", "Won 🎉", "Lost")
"""By default: https://docs.attio.com/docs/standard-objects/standard-objects-deals"""
CURRENCY = "USD"
WORKSPACE = "14beef7a-99f7-4534-a87e-70b564330a4c"
_EMAIL = re.compile(r"[^@\s]+@([^@\s]+\.[^@\s]+)")
_PHONE = re.compile(r"\+[1-9][0-9 ()./-]{6,24}")
_LOCATION = (
    *("line_1", "line_2", "line_3", "line_4"),
    *("locality", "region", "postcode", "country_code", "latitude", "longitude"),
)


class Unfit(Exception):
    """A value that its attribute does not take, and why."""


@dataclass(frozen=True)
class Attribute:
    """An attribute of an object."""

    kind: str
    """The type's name."""
    make: Callable[[Any], Made]
    """From a written value to the stored one. Raises `Unfit`."""
    implicit: str
    """The member that a filter without a member compares with."""
    many: bool = False
    required: bool = False
    unique: bool = False
    target: str | None = None
    """The object that a reference leads to."""
    writable: bool = True


def text(given: Any) -> Made:
    """Text, or an object with it."""
    value = given.get("value") if isinstance(given, dict) else given
    if not isinstance(value, str):
        raise Unfit("must be text")
    return {"value": value}


def name(given: Any) -> Made:
    """All three parts in an object, or "Last name(s), First name(s)"."""
    if isinstance(given, str):
        last, comma, first = (part.strip() for part in given.partition(","))
        first, last = (first, last) if comma else (last, "")
        given = {"first_name": first, "last_name": last, "full_name": f"{first} {last}".strip()}
    parts = ("first_name", "last_name", "full_name")
    if not isinstance(given, dict) or not all(isinstance(given.get(part), str) for part in parts):
        raise Unfit("needs first_name, last_name and full_name")
    return {part: given[part] for part in parts}


def email(given: Any) -> Made:
    """An address, or an object with it. The address is normalised, the original kept beside it."""
    original = given.get("email_address") if isinstance(given, dict) else given
    if not isinstance(original, str) or not (found := _EMAIL.fullmatch(original)):
        raise Unfit("is not an email address")
    address = original.lower()
    return {
        "email_address": address,
        "original_email_address": original,
        "email_domain": found[1].lower(),
        "email_root_domain": ".".join(found[1].lower().split(".")[-2:]),
        "email_local_specifier": address.split("@")[0],
    }


def phone(given: Any) -> Made:
    """Text with a country's prefix, or an object with a number and null or a country code."""
    if isinstance(given, str):
        given = {"original_phone_number": given, "country_code": None}
    if not isinstance(given, dict) or "country_code" not in given:
        raise Unfit("needs original_phone_number and country_code")
    number = given.get("original_phone_number")
    if not isinstance(number, str) or not _PHONE.fullmatch(number):
        raise Unfit("is not a phone number in E164 format")
    normalised = "+" + re.sub(r"\D", "", number)
    return {
        "original_phone_number": number,
        "normalized_phone_number": normalised,
        "country_code": given["country_code"],
    }


def location(given: Any) -> Made:
    """An object with every member."""
    if not isinstance(given, dict) or any(part not in given for part in _LOCATION):
        raise Unfit(f"needs every one of {', '.join(_LOCATION)}")
    country = given["country_code"]
    if country is not None and not (isinstance(country, str) and re.fullmatch("[A-Z]{2}", country)):
        raise Unfit("has a country_code that is no ISO 3166-1 alpha-2 code")
    return {part: given[part] for part in _LOCATION}


def currency(given: Any) -> Made:
    """A number, or an object with it; up to four decimal places."""
    value = given.get("currency_value") if isinstance(given, dict) else given
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("must be a number")
    return {"currency_value": round(value, 4), "currency_code": CURRENCY}


def status(given: Any) -> Made:
    """A title, or an object with a title or id. Unknown ones are an error and make no new status."""
    wanted = given.get("status") if isinstance(given, dict) else given
    for place, title in enumerate(STAGES):
        if wanted in (title, stage_id(place)):
            return {"status": {"title": title, "id": {"workspace_id": WORKSPACE, "status_id": stage_id(place)}}}
    raise Unfit(f'cannot find status "{wanted}"')


def actor(given: Any) -> Made:
    """A workspace member by id."""
    if not isinstance(given, dict) or given.get("referenced_actor_type") != "workspace-member":
        raise Unfit("must be a workspace member")
    return {"referenced_actor_type": "workspace-member", "referenced_actor_id": given.get("referenced_actor_id")}


def reference(given: Any) -> Made:
    """A record by object and id."""
    if not isinstance(given, dict) or "target_object" not in given or "target_record_id" not in given:
        raise Unfit("needs target_object and target_record_id")
    return {"target_object": given["target_object"], "target_record_id": given["target_record_id"]}


def stage_id(place: int) -> str:
    """The id of a status."""
    return f"6f2f5a1d-0004-4000-8000-{place + 1:012}"


_CREATED_AT = Attribute("timestamp", text, "value", writable=False)

OBJECTS: dict[str, dict[str, Attribute]] = {
    # https://docs.attio.com/docs/standard-objects/standard-objects-people
    "people": {
        "name": Attribute("personal-name", name, "full_name"),
        "email_addresses": Attribute("email-address", email, "email_address", many=True, unique=True),
        "phone_numbers": Attribute("phone-number", phone, "normalized_phone_number", many=True),
        "job_title": Attribute("text", text, "value"),
        "description": Attribute("text", text, "value"),
        "primary_location": Attribute("location", location, "locality"),
        "company": Attribute("record-reference", reference, "target_record_id", target="companies"),
        "created_at": _CREATED_AT,
    },
    # https://docs.attio.com/docs/standard-objects/standard-objects-deals
    "deals": {
        "name": Attribute("text", text, "value", required=True),
        "stage": Attribute("status", status, "status", required=True),
        "owner": Attribute("actor-reference", actor, "referenced_actor_id", required=True),
        "value": Attribute("currency", currency, "currency_value"),
        "associated_people": Attribute("record-reference", reference, "target_record_id", many=True, target="people"),
        "associated_company": Attribute("record-reference", reference, "target_record_id", target="companies"),
        "created_at": _CREATED_AT,
    },
    "companies": {
        "name": Attribute("text", text, "value"),
        "description": Attribute("text", text, "value"),
        "created_at": _CREATED_AT,
    },
}
