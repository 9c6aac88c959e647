"""`python -m unittest` (with the SDK installed or on PYTHONPATH): the connector against its simulator."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

from routemcp_connector import Failure, Filter, Query, Sort
from routemcp_connector.sandbox import MemoryStore, Request, Response, State, form_text
from routemcp_connector.testing import Host

from connector import CONNECTOR, SANDBOX
from simulator import access, seed

FIRST, LAST = "/values/name/0/first_name", "/values/name/0/last_name"
EMAIL = "/values/email_addresses/0/email_address"
PHONE = "/values/phone_numbers/0/original_phone_number"
CITY, STREET = "/values/primary_location/0/locality", "/values/primary_location/0/line_1"


def host(token: str = access.TOKEN, now_ms: int | None = None) -> Host:
    """A host whose provider is a fresh simulator."""
    return Host.of_sandbox(SANDBOX, {"authorization": f"Bearer {token}"}, now_ms=now_ms)


def answering(status: int, body: dict[str, Any], headers: list[tuple[str, str]] | None = None) -> Host:
    """A host whose provider answers the same to everything."""
    answer = Response.json(status, body)
    return Host(lambda _: Response(answer.status, [*answer.headers, *(headers or [])], answer.body), now_ms=0)


def walk(resource: str, limit: int, **query: Any) -> list[Any]:
    """Every record of a list."""
    records: list[Any] = []
    cursor = None
    while True:
        page = CONNECTOR.list(resource, Query(limit=limit, cursor=cursor, **query))
        found = page.resolve()
        assert len(found) <= limit
        records += found
        cursor = page.next
        if cursor is None:
            return records


class Reading(unittest.TestCase):
    """Lists and single records."""

    def test_every_walk_gives_every_record_once(self) -> None:
        counts = {"contact": seed.PEOPLE, "deal": seed.DEALS, "meeting": seed.MEETINGS, "owner": seed.MEMBERS}
        for resource, count in counts.items():
            for limit in (1, 4, 100):
                with self.subTest(resource=resource, limit=limit), host():
                    ids = [str(record["id"]) for record in walk(resource, limit)]
                    self.assertEqual((len(ids), len(set(ids))), (count, count))

    def test_a_record_that_is_deleted_during_a_walk_makes_none_go_missing(self) -> None:
        with host():
            first = CONNECTOR.list("contact", Query(limit=10))
            records = first.resolve()
            CONNECTOR.delete("contact", records[0]["id"]["record_id"])
            cursor = first.next
            while cursor:
                page = CONNECTOR.list("contact", Query(limit=10, cursor=cursor))
                records += page.resolve()
                cursor = page.next
        self.assertEqual(len({record["id"]["record_id"] for record in records}), seed.PEOPLE)

    def test_sorting_goes_both_ways(self) -> None:
        with host():
            up = [record["created_at"] for record in walk("deal", 7, sort=Sort("/created_at", False))]
            down = [record["created_at"] for record in walk("deal", 7, sort=Sort("/created_at", True))]
        self.assertEqual(up, sorted(up))
        self.assertEqual(down, sorted(down, reverse=True))

    def test_filters_find_what_they_name(self) -> None:
        company = seed.identifier("companies", 2)
        member = seed.identifier("members", 3)
        tried: list[tuple[str, str, str, Callable[[Any], Any]]] = [
            (
                "contact",
                EMAIL,
                "Zoe.Oneill.1@example.com",
                lambda values: values["email_addresses"][0]["email_address"],
            ),
            ("deal", "/values/stage/0/status/title", "Lost", lambda values: values["stage"][0]["status"]["title"]),
            (
                "deal",
                "/values/associated_company/0/target_record_id",
                company,
                lambda values: values["associated_company"][0]["target_record_id"],
            ),
            (
                "deal",
                "/values/owner/0/referenced_actor_id",
                member,
                lambda values: values["owner"][0]["referenced_actor_id"],
            ),
        ]
        for resource, field, value, read in tried:
            with self.subTest(field=field), host():
                found = walk(resource, 3, filters=[Filter(field, "eq", value)])
                self.assertTrue(found)
                self.assertTrue(all(read(record["values"]).lower() == value.lower() for record in found))

    def test_a_foreign_cursor_is_refused(self) -> None:
        for resource, cursor in (("contact", "x"), ("contact", "desc 2026-01-01T00:00:00Z 1"), ("owner", "-1")):
            with self.subTest(cursor=cursor), host(), self.assertRaises(Failure) as caught:
                CONNECTOR.list(resource, Query(cursor=cursor))
            self.assertEqual(caught.exception.kind, "invalid-cursor")

    def test_ids_that_attio_cannot_have_are_not_asked_for(self) -> None:
        for resource in ("contact", "deal", "meeting", "owner"):
            with self.subTest(resource=resource), host() as used, self.assertRaises(Failure) as caught:
                CONNECTOR.get(resource, "../self", [])
            self.assertEqual((caught.exception.kind, used.requests), ("not-found", []))


class Writing(unittest.TestCase):
    """Creates, changes and deletes."""

    def test_a_change_of_one_part_keeps_the_others(self) -> None:
        with host():
            id = CONNECTOR.create(
                "contact", {FIRST: "Ada", LAST: "King", CITY: "London", STREET: "12 St James's Square", EMAIL: None}, []
            ).resolve()["id"]["record_id"]
            values = CONNECTOR.update("contact", id, {LAST: "Lovelace", CITY: "Ockham"}, []).resolve()["values"]
        self.assertEqual(values["name"][0]["full_name"], "Ada Lovelace")
        self.assertEqual(values["primary_location"][0]["line_1"], "12 St James's Square")
        self.assertEqual(values["primary_location"][0]["locality"], "Ockham")

    def test_a_new_main_address_keeps_the_further_ones_and_null_takes_all(self) -> None:
        id = seed.identifier("people", 5)
        with host():
            changed = CONNECTOR.update("contact", id, {EMAIL: "new@example.com"}, []).resolve()
            addresses = [value["email_address"] for value in changed["values"]["email_addresses"]]
            cleared = CONNECTOR.update("contact", id, {EMAIL: None, PHONE: None}, []).resolve()
        self.assertEqual(addresses, ["new@example.com", "private.5@example.net"])
        self.assertEqual((cleared["values"]["email_addresses"], cleared["values"]["phone_numbers"]), ([], []))

    def test_what_attio_refuses_names_the_field(self) -> None:
        taken = "zoe.oneill.1@example.com"
        tried = [
            ("contact", {PHONE: "0199"}, "rejected", PHONE),
            ("contact", {EMAIL: taken}, "conflict", EMAIL),
            ("contact", {"/values/primary_location/0/country_code": "Germany"}, "rejected", None),
            ("contact", {"/created_at": "2026-01-01"}, "rejected", "/created_at"),
            ("deal", {"/values/stage/0/status/title": "Nowhere"}, "rejected", "/values/stage/0/status/title"),
        ]
        for resource, values, kind, field in tried:
            with self.subTest(values=values), host(), self.assertRaises(Failure) as caught:
                CONNECTOR.create(resource, values, [])
            self.assertEqual(caught.exception.kind, kind)
            self.assertEqual(list(caught.exception.fields), [field or next(iter(values))])

    def test_a_deleted_record_is_gone(self) -> None:
        id = seed.identifier("deals", 3)
        with host():
            CONNECTOR.delete("deal", id)
            with self.assertRaises(Failure) as caught:
                CONNECTOR.get("deal", id, [])
        self.assertEqual(caught.exception.kind, "not-found")


class Connecting(unittest.TestCase):
    """Credentials and limits."""

    def test_a_wrong_token_is_unauthorized(self) -> None:
        with host(token="attio-stolen"), self.assertRaises(Failure) as caught:
            CONNECTOR.list("owner", Query())
        self.assertEqual(caught.exception.kind, "unauthorized")

    def test_the_date_of_a_rate_limit_becomes_a_wait(self) -> None:
        body = {"status_code": 429, "type": "rate_limit_error", "code": "rate_limit_exceeded", "message": "Slow down"}
        for header, wait in (("Thu, 01 Jan 1970 00:00:03 GMT", 3_000), ("soon", None)):
            with answering(429, body, [("Retry-After", header)]), self.assertRaises(Failure) as caught:
                CONNECTOR.list("owner", Query())
            self.assertEqual((caught.exception.kind, caught.exception.retry_after_ms), ("rate-limited", wait))

    def test_the_sandbox_limits_when_it_is_told_to(self) -> None:
        state = State(MemoryStore())
        token = [("authorization", f"Bearer {access.TOKEN}")]
        listed = Request("GET", "/v2/workspace_members", headers=token)
        with Host(now_ms=1_500):
            SANDBOX.handle(Request("PUT", "/_sandbox/rate-limit", body=b'{"requests":0}'), state)
            limited = SANDBOX.handle(listed, state)
            SANDBOX.handle(Request("DELETE", "/_sandbox/rate-limit"), state)
            again = SANDBOX.handle(listed, state)
        self.assertEqual((limited.status, again.status), (429, 200))
        self.assertIn(("retry-after", "Thu, 01 Jan 1970 00:00:03 GMT"), limited.headers)

    def test_an_oauth_code_is_good_once(self) -> None:
        state = State(MemoryStore())
        asked = [("client_id", "app"), ("redirect_uri", "https://host.example/back"), ("state", "s1")]
        with Host(now_ms=1_000):
            sent = SANDBOX.handle(Request("GET", "/authorize", query=asked), state)
            location = dict(sent.headers)["location"]
            self.assertTrue(location.endswith("&state=s1"), location)
            code = location.split("code=")[1].split("&")[0]
            form = [("client_id", "app"), ("client_secret", "x"), ("grant_type", "authorization_code"), ("code", code)]
            exchange = Request("POST", "/oauth/token", body=form_text(form).encode())
            token = SANDBOX.handle(exchange, state)
            self.assertEqual(SANDBOX.handle(exchange, state).status, 400)
            bearer = [("authorization", f"Bearer {Request('', '', body=token.body).json()['access_token']}")]
            members = SANDBOX.handle(Request("GET", "/v2/workspace_members", headers=bearer), state)
        self.assertEqual(members.status, 200)


if __name__ == "__main__":
    unittest.main()
