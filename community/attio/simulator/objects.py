"""Records of objects: list, read, create, update, delete. https://docs.attio.com/rest-api/endpoint-reference/records"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from routemcp_connector import clock
from routemcp_connector.sandbox import Request, Response, State

from .answers import Problem, invalid, problem
from .attributes import OBJECTS, WORKSPACE, Attribute, Unfit
from .filters import matches
from .times import stamp

_OBJECT_IDS = {"people": "6f2f5a1d-1000", "companies": "6f2f5a1d-1001", "deals": "6f2f5a1d-1002"}
_ACTOR = {"type": "api-token", "id": "6f2f5a1d-2000-4000-8000-000000000001"}
# https://docs.attio.com/rest-api/endpoint-reference/records/list-records: "Defaults to 500".
_MOST = 500


@dataclass(frozen=True)
class Schema:
    """An object."""

    name: str
    attributes: dict[str, Attribute]

    @property
    def collection(self) -> str:
        """Where its records are stored, as `{"id", "created_at", "values"}`."""
        return f"records/{self.name}"


def schema(name: str) -> Schema:
    """The object of this name."""
    if name not in OBJECTS:
        raise problem(404, "not_found", f'Could not find object with slug or ID "{name}".')
    return Schema(name, OBJECTS[name])


def query(object: Schema, request: Request, state: State) -> Response:
    """A filtered and sorted part of the records."""
    body = _object(request.json(), [])
    limit, offset = body.get("limit", _MOST), body.get("offset", 0)
    if not isinstance(limit, int) or not 1 <= limit <= _MOST or not isinstance(offset, int) or offset < 0:
        raise invalid(["limit"], f"limit is 1 to {_MOST}, offset 0 or more")
    condition = body.get("filter")
    records = [record for _, record in state.scan_all(object.collection)]
    if condition:
        records = [record for record in records if matches(object.attributes, _readable(record), condition)]
    for sort in reversed(body.get("sorts", [])):
        _sort(object, records, sort)
    return Response.json(200, {"data": [_shown(object, record) for record in records[offset : offset + limit]]})


def create(object: Schema, request: Request, state: State) -> Response:
    """A new record."""
    values = _values(object, request, state, None)
    for slug, attribute in object.attributes.items():
        if attribute.required and not values.get(slug):
            raise problem(400, "missing_value", f'Required value for attribute "{slug}" was not provided.')
    number = state.count(object.collection, 100_000)
    id = f"{_OBJECT_IDS[object.name]}-4000-8000-{number:012}"
    record = {"id": id, "created_at": stamp(clock.now_ms()), "values": values}
    state.put(object.collection, id, record)
    return Response.json(200, {"data": _shown(object, record)})


def one(object: Schema, method: str, id: str, request: Request, state: State) -> Response:
    """Reads, changes or deletes one record."""
    record = state.get(object.collection, id)
    if record is None:
        raise problem(404, "not_found", f'Record with ID "{id}" was not found.')
    match method:
        case "GET":
            pass
        case "PUT":
            record["values"] |= _values(object, request, state, id)
            for slug, attribute in object.attributes.items():
                if attribute.required and not record["values"].get(slug):
                    raise problem(400, "missing_value", f'Required value for attribute "{slug}" was not provided.')
            state.put(object.collection, id, record)
        case "DELETE":
            state.delete(object.collection, id)
            return Response.json(200, {})
        case _:
            raise problem(404, "not_found", f"Could not find endpoint {method} {request.path}.")
    return Response.json(200, {"data": _shown(object, record)})


def _values(object: Schema, request: Request, state: State, id: str | None) -> dict[str, list[dict[str, Any]]]:
    """The values of a write, checked."""
    body = _object(_object(request.json(), []).get("data"), ["data"])
    made: dict[str, list[dict[str, Any]]] = {}
    for slug, given in _object(body.get("values"), ["data", "values"]).items():
        attribute = object.attributes.get(slug)
        if attribute is None or not attribute.writable:
            raise problem(400, "validation_type", f'Cannot find attribute with slug/ID "{slug}", or it is read-only.')
        elements = given if isinstance(given, list) else [] if given is None else [given]
        if len(elements) > 1 and not attribute.many:
            raise invalid(["data", "values", slug], "takes one value")
        try:
            made[slug] = [attribute.make(element) for element in elements]
        except Unfit as error:
            raise invalid(["data", "values", slug], str(error)) from None
        _check(object, slug, attribute, made[slug], state, id)
    return made


def _check(object: Schema, slug: str, attribute: Attribute, made: list[Any], state: State, id: str | None) -> None:
    """References must lead somewhere, and unique values must be."""
    for value in made:
        if attribute.target and (
            value["target_object"] != attribute.target
            or state.get(f"records/{attribute.target}", str(value["target_record_id"])) is None
        ):
            raise _not_found(slug, value["target_record_id"])
        if attribute.kind == "actor-reference" and state.get("members", str(value["referenced_actor_id"])) is None:
            raise _not_found(slug, value["referenced_actor_id"])
    if attribute.unique and made:
        wanted = {value[attribute.implicit] for value in made}
        for key, record in state.scan_all(object.collection):
            if key != id and any(value[attribute.implicit] in wanted for value in record["values"].get(slug, [])):
                message = f'The value provided for attribute "{slug}" conflicts with one already in the system.'
                raise problem(400, "uniqueness_conflict", message)


def _not_found(slug: str, id: Any) -> Problem:
    return problem(400, "value_not_found", f'Cannot find the record or member "{id}" for attribute "{slug}".')


def _object(value: Any, path: list[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(path, "Required")
    return value


def _readable(record: dict[str, Any]) -> dict[str, Any]:
    return {**record["values"], "created_at": [{"value": record["created_at"]}], "record_id": [{"value": record["id"]}]}


def _sort(object: Schema, records: list[dict[str, Any]], sort: dict[str, Any]) -> None:
    slug, direction = sort.get("attribute"), sort.get("direction")
    attribute = object.attributes.get(slug) if isinstance(slug, str) else None
    if attribute is None or direction not in ("asc", "desc"):
        raise problem(400, "validation_type", f'Cannot sort by "{slug}".')
    field = sort.get("field") or attribute.implicit

    def key(record: dict[str, Any]) -> tuple[bool, str, str]:
        values = _readable(record).get(str(slug)) or []
        return bool(values), str(values[0].get(field)) if values else "", record["id"]

    records.sort(key=key, reverse=direction == "desc")


def _shown(object: Schema, record: dict[str, Any]) -> dict[str, Any]:
    """A record as Attio answers it: every attribute, with who set each value and when."""
    meta = {"active_from": record["created_at"], "active_until": None, "created_by_actor": _ACTOR}
    values = _readable(record)
    return {
        "id": {
            "workspace_id": WORKSPACE,
            "object_id": f"{_OBJECT_IDS[object.name]}-4000-8000-000000000000",
            "record_id": record["id"],
        },
        "created_at": record["created_at"],
        "web_url": f"https://app.attio.com/sandbox/{object.name}/{record['id']}",
        "values": {
            slug: [{**meta, **value, "attribute_type": attribute.kind} for value in values.get(slug, [])]
            for slug, attribute in object.attributes.items()
        },
    }
