"""From the values of a write to Attio's attributes.

A provider field is a pointer to one member of an attribute's first value, such as `/values/name/0/first_name`. Attio
takes whole values: a name or a location needs all its members at once, and a list replaces the list that was there.
"""

from __future__ import annotations

import re
from typing import Any

from routemcp_connector import Failure

_FIELD = re.compile(r"/values/([^/]+)/0/(.+)")
# https://docs.attio.com/docs/attribute-types/attribute-types-location: "every property must be specified,
# even if it is null".
_LOCATION = (
    "line_1",
    "line_2",
    "line_3",
    "line_4",
    "locality",
    "region",
    "postcode",
    "country_code",
    "latitude",
    "longitude",
)
_TARGETS = {"company": "companies", "associated_company": "companies", "associated_people": "people"}
# Values that others stand behind; the first is the one that the unified record shows.
_LISTS = {
    "email_addresses": ("email_address",),
    "phone_numbers": ("original_phone_number", "country_code"),
    "associated_people": ("target_object", "target_record_id"),
}


class Values:
    """The values of one write, by attribute."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Of provider field -> value. Raises `Failure.rejected` for fields that cannot be written."""
        self._members: dict[str, dict[str, Any]] = {}
        self.fields: dict[str, list[str]] = {}
        """Attribute -> the provider fields that are set in it, for errors."""
        wrong: dict[str, str] = {}
        for field, value in values.items():
            found = _FIELD.fullmatch(field)
            if found:
                attribute, member = found[1], found[2]
            elif not field.startswith("/"):
                attribute, member = field, ""
            else:
                wrong[field] = "Attio sets this itself"
                continue
            self._members.setdefault(attribute, {})[member] = value
            self.fields.setdefault(attribute, []).append(field)
        if wrong:
            raise Failure.rejected("Some values cannot be written to Attio", wrong)

    def needs_current(self) -> bool:
        """Whether the record as it is must be known: a part of it is sent back."""
        partial = ("primary_location", *_LISTS)
        return any(slug in partial or _is_name(slug, members) for slug, members in self._members.items())

    def attributes(self, current: dict[str, Any]) -> dict[str, Any]:
        """The attributes to send. `current` has the values as they are, empty for a new record."""
        return {
            attribute: _attribute(attribute, members, current.get(attribute) or [])
            for attribute, members in self._members.items()
        }


def _attribute(attribute: str, members: dict[str, Any], current: list[dict[str, Any]]) -> Any:
    """An attribute's values. An empty list takes them away."""
    if "" in members:
        # A field that an organisation has mapped by its plain name: as it is, Attio takes short forms.
        return [] if members[""] is None else members[""]
    if _is_name(attribute, members):
        return _name(members, current)
    if attribute == "primary_location":
        merged = {part: members.get(part, _first(current).get(part)) for part in _LOCATION}
        return [merged] if any(value is not None for value in merged.values()) else []
    if all(value is None for value in members.values()):
        return []
    if attribute in _LISTS:
        return _list(attribute, members, current)
    return [_single(attribute, members)]


def _is_name(attribute: str, members: dict[str, Any]) -> bool:
    return attribute == "name" and not members.keys().isdisjoint(("first_name", "last_name", "full_name"))


def _name(members: dict[str, Any], current: list[dict[str, Any]]) -> list[dict[str, str]]:
    """https://docs.attio.com/docs/attribute-types/attribute-types-personal-name: "all three properties must be set"."""
    first, last = (members.get(part, _first(current).get(part)) or "" for part in ("first_name", "last_name"))
    full = members.get("full_name") or f"{first} {last}".strip()
    return [{"first_name": first, "last_name": last, "full_name": full}] if full else []


def _list(attribute: str, members: dict[str, Any], current: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The new value first, and the others that were behind the old one."""
    first = _single(attribute, members)
    others = [{part: value.get(part) for part in _LISTS[attribute]} for value in current[1:]]
    return [first, *(other for other in others if any(other[part] != first.get(part, other[part]) for part in other))]


def _single(attribute: str, members: dict[str, Any]) -> Any:
    match members:
        case {"referenced_actor_id": id}:
            # Only workspace members can be set:
            # https://docs.attio.com/docs/attribute-types/attribute-types-actor-reference
            return {"referenced_actor_type": "workspace-member", "referenced_actor_id": id}
        case {"target_record_id": id} if attribute in _TARGETS:
            return {"target_object": _TARGETS[attribute], "target_record_id": id}
        case {"status/title": title}:
            # https://docs.attio.com/docs/attribute-types/attribute-types-status
            return {"status": title}
        case {"original_phone_number": number}:
            # The code may be null where the number begins with "+":
            # https://docs.attio.com/docs/attribute-types/attribute-types-phone-number
            return {"original_phone_number": number, "country_code": members.get("country_code")}
        case {"currency_value": amount}:
            # The currency is the attribute's, not the value's:
            # https://docs.attio.com/docs/attribute-types/attribute-types-currency
            return {"currency_value": amount}
        case _:
            return members


def _first(current: list[dict[str, Any]]) -> dict[str, Any]:
    return current[0] if current else {}
