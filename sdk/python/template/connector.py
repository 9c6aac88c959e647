"""A connector for {{name}}.

What is made up here, and has to become what the provider's documentation says: the paths, the parameters, how pages
follow each other (`next`), and how errors look (`{"error": {"message": …, "field": …}}`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from routemcp_connector import Connector, Document, Failure, Page, Query, Response, http

from sandbox import ProviderSandbox

PATHS = {"contact": "/people"}


class Provider(Connector):
    """{{name}}, seen as unified resources."""

    manifest = Path(__file__).with_name("manifest.json").read_text(encoding="utf-8")

    def list(self, resource: str, query: Query) -> Page:
        """One page. The records stay in the host: only `next` is read here."""
        request = http.get(PATHS[resource]).query("limit", query.limit).query("after", query.cursor)
        for condition in query.filters:
            request.query(condition.field, condition.value)
        answer = checked(request.send())
        return Page.at(answer, "/people", next=answer.at("/next"))

    def get(self, resource: str, id: str, fields: Sequence[str]) -> Document:
        """One record."""
        return Document.at(checked(http.get(record(resource, id)).send()))

    def create(self, resource: str, values: dict[str, Any], fields: Sequence[str]) -> Document:
        """A new record; the provider answers it as it now is."""
        return Document.at(checked(http.post(PATHS[resource]).json(values).send()))

    def update(self, resource: str, id: str, values: dict[str, Any], fields: Sequence[str]) -> Document:
        """Changes what is given. This provider clears a field that is null, as the contract wants it."""
        return Document.at(checked(http.patch(record(resource, id)).json(values).send()))

    def delete(self, resource: str, id: str) -> None:
        """Deletes a record."""
        checked(http.delete(record(resource, id)).send())


def record(resource: str, id: str) -> str:
    """The path of one record. Ids come from outside, so they are encoded."""
    return f"{PATHS[resource]}/{http.segment(id)}"


def checked(answer: Response) -> Response:
    """Passes a good answer on, and raises what a bad one says."""
    if answer.ok:
        return answer
    failure = Failure.of_status(answer.status, answer.at("/error/message"))
    field = answer.at("/error/field")
    if isinstance(field, str):
        failure.fields[field] = failure.message
    retry_after = answer.header("retry-after")
    if retry_after and retry_after.isdigit():
        failure.retry_after_ms = int(retry_after) * 1_000
    raise failure


CONNECTOR = Provider()
SANDBOX = ProviderSandbox()
