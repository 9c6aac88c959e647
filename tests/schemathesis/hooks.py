"""Gives generated requests something to meet.

Random text is never a provider or a record, so without this nearly every call would end in the same 400. A part of the
requests is pointed at a provider and at a record that exist; the rest stays as it was generated. What is generated to be
wrong is left wrong. Records that a case deletes were made for it, and connections that a case makes are taken away again,
so that the sandboxes are as full at the end as at the beginning.
"""

from __future__ import annotations

import atexit
import json
import os
import random
from collections import Counter, defaultdict
from functools import cache

import requests
import schemathesis
from schemathesis.specs.openapi.adapter.parameters import ParameterLocation

BASE = os.environ["ROUTEMCP_URL"] + "/api/v1"
KEY = os.environ["SCHEMA_TEST_KEY"]
END_USER = "user-001"
RESOURCES = ("contact", "lead", "deal", "meeting", "owner")
# The least that every provider takes.
NEW_RECORD = {
    "contact": {"firstName": "Schema", "lastName": "Test"},
    "lead": {"firstName": "Schema", "lastName": "Test", "company": "Schema Test"},
    "deal": {"name": "Schema test", "stage": "Qualification"},
    "meeting": {
        "title": "Schema test",
        "startTime": "2026-05-04T08:00:00.000Z",
        "endTime": "2026-05-04T09:00:00.000Z",
    },
}

chance = random.Random(int(os.environ["SCHEMA_TEST_SEED"]))
http = requests.Session()
http.trust_env = False
http.headers["Authorization"] = f"Bearer {KEY}"


# Operation -> status -> how many answers had it.
statuses: defaultdict[str, Counter[str]] = defaultdict(Counter)


@atexit.register
def tell_statuses():
    with open(os.environ["SCHEMA_TEST_STATUSES"], "w") as file:
        json.dump(statuses, file)


def ask(method: str, path: str, **options):
    return http.request(method, BASE + path, timeout=30, **options).json()


@cache
def connections() -> dict[str, dict]:
    """What is connected, by provider."""
    page = ask("GET", "/connections", params={"endUserId": END_USER})
    return {connection["provider"]: connection for connection in page["data"]["data"]}


def providers() -> list[str]:
    return sorted(connections())


@cache
def writable(resource: str, provider: str) -> set[str]:
    """Fields that the provider's connector writes."""
    rows = ask("GET", "/field-mappings", params={"provider": provider, "resourceType": resource})["data"]
    return {row["unifiedField"].split(".")[0] for row in rows if row["direction"] != "read"} - {"customFields"}


@cache
def known_records(resource: str, provider: str) -> list[str]:
    """Ids of records that were there in the beginning. Not every provider has every resource."""
    page = ask("GET", f"/{resource}", params={"provider": provider, "endUserId": END_USER, "limit": 5})
    return [record["id"] for record in page["data"]["data"]] if page["success"] else []


def new_record(resource: str, provider: str) -> str | None:
    where = {"provider": provider, "endUserId": END_USER}
    made = ask("POST", f"/{resource}", params=where, json=NEW_RECORD[resource])
    # Not every provider can make every record.
    return made["data"]["data"]["id"] if made["success"] else None


def new_connection() -> str:
    provider = chance.choice(providers())
    body = {"provider": provider, "endUserId": "schema-test", "settings": connections()[provider]["settings"]}
    return ask("POST", "/connections", json=body)["data"]["data"]["id"]


def sound(case, location) -> bool:
    return case.meta is None or not case.meta.is_negative_at(location)


@schemathesis.hook
def before_call(context, case, kwargs):
    words = case.operation.path.strip("/").split("/")
    point_at_provider(case, words)
    use_a_fresh_idempotency_key(case)
    if "{id}" in case.operation.path and sound(case, ParameterLocation.PATH) and chance.random() < 0.8:
        point_at_record(case, words[0])
    if words[0] in NEW_RECORD and isinstance(case.body, dict) and sound(case, ParameterLocation.BODY):
        make_acceptable(case, words[0])
    if case.operation.path.startswith("/field-mappings/") and chance.random() < 0.5:
        case.path_parameters["standardKey"] = new_override((case.query or {}).get("provider"))
    if words == ["connections"] and case.method == "POST" and isinstance(case.body, dict):
        if sound(case, ParameterLocation.BODY) and chance.random() < 0.8:
            provider = chance.choice(providers())
            case.body.update(provider=provider, settings=connections()[provider]["settings"])
            case.body.pop("authMethod", None)


def use_a_fresh_idempotency_key(case):
    """The same key under different requests is refused, which is worth seeing now and then only."""
    if case.headers and "Idempotency-Key" in case.headers and sound(case, ParameterLocation.HEADER):
        if chance.random() < 0.9:
            case.headers["Idempotency-Key"] = f"schema-test-{chance.getrandbits(64):x}"


def point_at_provider(case, words):
    if words[0] in ("connections", "connect") or not sound(case, ParameterLocation.QUERY):
        return
    if words[0] == "oauth-apps":
        if "{provider}" in case.operation.path and chance.random() < 0.8:
            case.path_parameters["provider"] = chance.choice(providers())
        return
    if chance.random() < 0.8:
        case.query = {**(case.query or {}), "provider": chance.choice(providers()), "endUserId": END_USER}
    if words[0] == "field-mappings" and chance.random() < 0.8:
        case.query["resourceType"] = chance.choice(RESOURCES)


def make_acceptable(case, resource):
    """Takes out what the provider has no field for, and puts in what it cannot do without."""
    provider = (case.query or {}).get("provider")
    if provider in providers() and chance.random() < 0.8:
        known = writable(resource, provider)
        generated = {name: value for name, value in case.body.items() if name in known and value is not None}
        case.body = {**{n: v for n, v in NEW_RECORD[resource].items() if n in known}, **generated}


def new_override(provider) -> str:
    change = {"unifiedField": "customFields.schemaTest", "providerField": "schemaTest", "direction": "read"}
    if provider in providers():
        where = {"provider": provider, "resourceType": "contact", "endUserId": END_USER}
        ask("PUT", "/field-mappings", params=where, json={"mappings": [change]})
    return "contacts:v1:customFields.schemaTest"


def point_at_record(case, resource):
    deletes = case.operation.method.upper() == "DELETE"
    if resource == "connections":
        case.path_parameters["id"] = new_connection() if deletes else connections()[chance.choice(providers())]["id"]
        return
    provider = chance.choice(providers())
    record = new_record(resource, provider) if deletes else None
    known = [record] if record else known_records(resource, provider) if not deletes else []
    if known:
        case.path_parameters["id"] = chance.choice(known)
        if sound(case, ParameterLocation.QUERY):
            case.query = {**(case.query or {}), "provider": provider, "endUserId": END_USER}


@schemathesis.hook
def after_call(context, case, response):
    if case.method == case.operation.method.upper():
        statuses[case.operation.label][str(response.status_code)] += 1
    made_connection = case.operation.path == "/connections" and case.method == "POST"
    if made_connection and response.status_code == 201:
        made = response.json()["data"]["data"]
        if made["endUserId"] != END_USER:
            ask("DELETE", f"/connections/{made['id']}")
