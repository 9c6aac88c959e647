"""What a sandbox remembers between calls."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import Any, Protocol

_AT_ONCE = 500


class Store(Protocol):
    """Collections of keys and JSON texts. The host scopes it to one organisation and provider."""

    def get(self, collection: str, key: str) -> str | None:
        """The JSON text at a key."""

    def put(self, collection: str, key: str, text: str) -> None:
        """Sets the JSON text at a key."""

    def delete(self, collection: str, key: str) -> bool:
        """Whether there was something to delete."""

    def scan(self, collection: str, after: str | None, limit: int) -> list[tuple[str, str]]:
        """Up to `limit` entries in byte order of their keys, those after `after`."""


class State:
    """Values in a store."""

    def __init__(self, store: Store) -> None:
        """The values of this store."""
        self.store = store

    def get(self, collection: str, key: str) -> Any:
        """The value at a key; none if there is none."""
        text = self.store.get(collection, key)
        return None if text is None else json.loads(text)

    def put(self, collection: str, key: str, value: Any) -> None:
        """Sets the value at a key."""
        self.store.put(collection, key, json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def delete(self, collection: str, key: str) -> bool:
        """Whether there was something to delete."""
        return self.store.delete(collection, key)

    def scan(self, collection: str, after: str | None = None, limit: int = 100) -> list[tuple[str, Any]]:
        """Up to `limit` values in byte order of their keys, those after `after`."""
        return [(key, json.loads(text)) for key, text in self.store.scan(collection, after, limit)]

    def scan_all(self, collection: str) -> list[tuple[str, Any]]:
        """Every value of a collection in byte order of the keys."""
        found: list[tuple[str, Any]] = []
        # A host may give fewer than asked for, so that only an empty answer is the end.
        while page := self.scan(collection, found[-1][0] if found else None, _AT_ONCE):
            found.extend(page)
        return found

    def count(self, name: str, first: int = 1) -> int:
        """The next number of a counter that starts at `first`."""
        number: int = self.get("counters", name) or first
        self.put("counters", name, number + 1)
        return number


class MemoryStore:
    """State in memory, for tests."""

    def __init__(self) -> None:
        """An empty one."""
        self.collections: dict[str, dict[str, str]] = {}

    def get(self, collection: str, key: str) -> str | None:
        """The JSON text at a key."""
        return self.collections.get(collection, {}).get(key)

    def put(self, collection: str, key: str, text: str) -> None:
        """Sets the JSON text at a key."""
        self.collections.setdefault(collection, {})[key] = text

    def delete(self, collection: str, key: str) -> bool:
        """Whether there was something to delete."""
        return self.collections.get(collection, {}).pop(key, None) is not None

    def scan(self, collection: str, after: str | None, limit: int) -> list[tuple[str, str]]:
        """Up to `limit` entries in byte order of their keys, those after `after`."""
        entries = self.collections.get(collection, {})
        keys = sorted(entries, key=str.encode)
        first = 0 if after is None else bisect_right(keys, after.encode(), key=str.encode)
        return [(key, entries[key]) for key in keys[first : first + limit]]
