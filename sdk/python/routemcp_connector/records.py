"""What a connector is asked for, and how it says where the records are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .http import Response


@dataclass(frozen=True)
class Filter:
    """One condition."""

    field: str
    """The provider field."""
    operator: str
    """"eq" is the only one so far."""
    value: Any
    """What to compare with."""


@dataclass(frozen=True)
class Sort:
    """An order."""

    field: str
    """The provider field."""
    descending: bool
    """Biggest first."""


@dataclass(frozen=True)
class Query:
    """Which records to list."""

    limit: int = 25
    """At most this many records (1 to 100). Fewer is fine while there is a next page; more is an error."""
    cursor: str | None = None
    """The `next` of an earlier page, unchanged; none for the first page."""
    fields: Sequence[str] = ()
    """The provider fields that the effective mapping reads."""
    filters: Sequence[Filter] = ()
    """Only what the manifest declares."""
    updated_since: str | None = None
    """ISO 8601 in UTC with milliseconds; only if the manifest declares it."""
    sort: Sort | None = None
    """Only what the manifest declares."""
    options: dict[str, str] = field(default_factory=dict)
    """Room for growth. Ignore names that you do not know."""


class Document:
    """Where one record is: at a pointer into an answer, or here, where it had to be put together."""

    def __init__(self, *, response: Response | None = None, pointer: str = "", value: Any = None) -> None:
        """Use `Document.at` or `Document.of`."""
        self.response = response
        self.pointer = pointer
        self.value = value

    @classmethod
    def at(cls, response: Response, pointer: str = "") -> Document:
        """The record at a pointer into an answer; "" is the whole answer."""
        return cls(response=response, pointer=pointer)

    @classmethod
    def of(cls, value: dict[str, Any]) -> Document:
        """A record that had to be put together."""
        return cls(value=value)

    def resolve(self) -> Any:
        """The record itself, as the host would take it. For tests: a connector leaves it in the host."""
        return self.value if self.response is None else self.response.at(self.pointer)


class Page:
    """A page of records. `next` is none on the last page and only there."""

    def __init__(
        self,
        *,
        response: Response | None = None,
        pointers: Sequence[str] = (),
        values: Sequence[Any] = (),
        next: str | None = None,
    ) -> None:
        """Use `Page.at`, `Page.at_each` or `Page.of`."""
        self.response = response
        self.pointers = list(pointers)
        self.values = list(values)
        self.next = next

    @classmethod
    def at(cls, response: Response, pointer: str, *, next: str | None) -> Page:
        """Records at a pointer into an answer, which leads to an array of them or to a single one."""
        return cls(response=response, pointers=[pointer], next=next)

    @classmethod
    def at_each(cls, response: Response, pointers: Sequence[str], *, next: str | None) -> Page:
        """Records at several pointers into one answer, in this order."""
        return cls(response=response, pointers=pointers, next=next)

    @classmethod
    def of(cls, values: Sequence[Any], *, next: str | None) -> Page:
        """Records that had to be put together."""
        return cls(values=values, next=next)

    def resolve(self) -> list[Any]:
        """The records themselves, as the host would take them. For tests: a connector leaves them in the host."""
        if self.response is None:
            return list(self.values)
        records: list[Any] = []
        for pointer in self.pointers:
            found = self.response.at(pointer)
            if isinstance(found, list):
                records.extend(found)
            elif found is not None:
                records.append(found)
        return records
