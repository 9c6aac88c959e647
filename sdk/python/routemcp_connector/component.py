"""From the contract's types to the SDK's and back. Imported only by components that `routemcp_connector.build` makes.

`wit_world` and `componentize_py_types` are the bindings that componentize-py generates while it builds.
"""

from __future__ import annotations

import json
import random
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar, cast

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import connector as contract
from wit_world.imports import clock, connection, http, log, types

from . import host
from .connector import Connector
from .failure import Failure
from .http import Request, Response
from .records import Document, Filter, Page, Query, Sort

Result = TypeVar("Result")

# `datetime.strptime` imports it when it is first called, and then there are no files to import from.
import_module("_strptime")


class ComponentHost:
    """The host on the other side of the contract."""

    def send(self, request: Request) -> http.Response:
        """Sends a request."""
        try:
            return http.send(
                http.Request(
                    method=request.method,
                    target=request.target,
                    query=request.pairs,
                    headers=request.headers,
                    body=_body(request),
                    repeatable=request.is_repeatable,
                )
            )
        except Err as error:
            raise _from_contract(error.value) from None

    def setting(self, name: str) -> str | None:
        """A setting of the connection."""
        return connection.setting(name)

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return clock.now_ms()

    def log(self, level: str, message: str) -> None:
        """A note for the operator."""
        log.write(level, message)


def export_connector(connector: Connector) -> type[exports.Connector]:
    """The class that the component exports for a connector."""

    class Exported(exports.Connector):
        """The contract's interface `connector`."""

        def describe(self) -> str:
            return connector.manifest

        def list_records(self, resource: str, query: contract.Query) -> contract.Page:
            return _answer(lambda: _page(connector.list(resource, _query(query))))

        def get_record(self, resource: str, id: str, fields: list[str]) -> contract.Document:
            return _answer(lambda: _document(connector.get(resource, id, fields)))

        def create_record(self, resource: str, values: str, fields: list[str]) -> contract.Document:
            return _answer(lambda: _document(connector.create(resource, json.loads(values), fields)))

        def update_record(self, resource: str, id: str, values: str, fields: list[str]) -> contract.Document:
            return _answer(lambda: _document(connector.update(resource, id, json.loads(values), fields)))

        def delete_record(self, resource: str, id: str) -> None:
            return _answer(lambda: connector.delete(resource, id))

    return Exported


def begin() -> None:
    """What comes before every call."""
    host.install(ComponentHost())
    # The generator's state is part of the built component: without a new seed every call would draw the same numbers.
    random.seed()


def _answer(operation: Callable[[], Result]) -> Result:
    begin()
    try:
        return operation()
    except Failure as failure:
        raise Err(_to_contract(failure)) from None
    except Exception as error:
        log.write("error", trace(error))
        name = type(error).__name__
        raise Err(_to_contract(Failure.unexpected(f"the connector failed with {name}; its log says where"))) from None


def trace(error: Exception) -> str:
    """Where it happened, without the error's own text, which may hold values of records."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([f"uncaught {type(error).__name__} (most recent call last)", *places])


def _body(request: Request) -> http.Body:
    match request.body:
        case ("json", text):
            return http.Body_Json(text)
        case ("form", pairs):
            return http.Body_Form(pairs)
        case ("bytes", body):
            return http.Body_Bytes(body)
        case _:
            return http.Body_None_()


def _query(query: contract.Query) -> Query:
    return Query(
        limit=query.limit,
        cursor=query.cursor,
        fields=query.fields,
        filters=[Filter(field, operator, json.loads(value)) for field, operator, value in query.filters],
        updated_since=query.updated_since,
        sort=Sort(*query.sort) if query.sort else None,
        options=dict(query.options),
    )


def _page(page: Page) -> contract.Page:
    if page.response is None:
        return contract.Page(contract.Documents_Values([_json(value) for value in page.values]), page.next)
    return contract.Page(contract.Documents_At((_handle(page.response), page.pointers)), page.next)


def _document(document: Document) -> contract.Document:
    if document.response is None:
        return contract.Document_Value(_json(document.value))
    return contract.Document_At((_handle(document.response), document.pointer))


def _handle(response: Response) -> http.Response:
    """The host's own answer: inside a component there are no others."""
    return cast(http.Response, response.answer)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _to_contract(failure: Failure) -> types.Failure:
    fields = list(failure.fields.items())
    return types.Failure(failure.kind, failure.message, failure.status, failure.retry_after_ms, fields)


def _from_contract(failure: types.Failure) -> Failure:
    return Failure(
        failure.kind,
        failure.message,
        status=failure.status,
        retry_after_ms=failure.retry_after_ms,
        fields=dict(failure.fields),
    )
