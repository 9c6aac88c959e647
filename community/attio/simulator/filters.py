"""Attio's filters, short and long form. https://docs.attio.com/rest-api/guides/filtering-and-sorting"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .answers import Problem, problem
from .attributes import Attribute

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": operator.eq,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
    "$in": lambda value, wanted: value in wanted,
    "$contains": lambda value, wanted: wanted.lower() in value.lower(),
}


def matches(attributes: dict[str, Attribute], values: dict[str, Any], condition: Any) -> bool:
    """Whether a record's values meet a condition."""
    if not isinstance(condition, dict):
        raise _error()
    return all(_met(attributes, values, name, part) for name, part in condition.items())


def _met(attributes: dict[str, Attribute], values: dict[str, Any], name: str, part: Any) -> bool:
    match name:
        case "$and":
            return all(matches(attributes, values, each) for each in part)
        case "$or":
            return any(matches(attributes, values, each) for each in part)
        case "$not":
            return not matches(attributes, values, part)
    attribute = attributes.get(name)
    if attribute is None:
        raise _error()
    return any(_value_meets(attribute, value, part) for value in values.get(name) or [])


def _value_meets(attribute: Attribute, value: dict[str, Any], part: Any) -> bool:
    if not isinstance(part, dict):
        return _compare(attribute, value, attribute.implicit, {"$eq": part})
    if any(name.startswith("$") for name in part):
        return _compare(attribute, value, attribute.implicit, part)
    return all(
        _compare(attribute, value, member, wanted if isinstance(wanted, dict) else {"$eq": wanted})
        for member, wanted in part.items()
    )


def _compare(attribute: Attribute, value: dict[str, Any], member: str, tests: dict[str, Any]) -> bool:
    found = value.get(member)
    if isinstance(found, dict):
        # A status is known by its title and by its id.
        return any(
            _compare(attribute, {"it": known}, "it", tests) for known in (found["title"], found["id"]["status_id"])
        )
    if attribute.kind == "email-address" and isinstance(tests.get("$eq"), str):
        tests = {**tests, "$eq": tests["$eq"].lower()}
    try:
        return all(_OPERATORS[name](found, wanted) for name, wanted in tests.items())
    except (KeyError, TypeError, AttributeError):
        raise _error() from None


def _error() -> Problem:
    return problem(400, "filter_error", "Error in filter.")
