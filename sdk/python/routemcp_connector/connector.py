"""What a connector does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .failure import Failure
from .records import Document, Page, Query


class Connector:
    """A connector.

    Only `manifest` and `list` have to be written: an operation that the manifest leaves out is never called, and what
    is not written here answers `unsupported`. The module `connector` of a project holds one instance as `CONNECTOR`.
    """

    manifest: str
    """The manifest as JSON text, usually read from `manifest.json` at module level, so when the component is built."""

    def list(self, resource: str, query: Query) -> Page:
        """A page of records."""
        raise _unsupported("list", resource)

    def get(self, resource: str, id: str, fields: Sequence[str]) -> Document:
        """One record. Raises `Failure.not_found` when there is none with this id."""
        raise _unsupported("read one", resource)

    def create(self, resource: str, values: dict[str, Any], fields: Sequence[str]) -> Document:
        """Makes a record from provider field -> value, and answers it as it now is.

        Raises `Failure.rejected` or `Failure.conflict` with the fields at fault.
        """
        raise _unsupported("create a", resource)

    def update(self, resource: str, id: str, values: dict[str, Any], fields: Sequence[str]) -> Document:
        """Changes the given fields and no others (null clears a field), and answers the record as it now is."""
        raise _unsupported("update a", resource)

    def delete(self, resource: str, id: str) -> None:
        """Deletes a record."""
        raise _unsupported("delete a", resource)


def _unsupported(operation: str, resource: str) -> Failure:
    return Failure.unsupported(f"this connector cannot {operation} {resource}")
