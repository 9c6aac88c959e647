"""The SDK without WebAssembly: `python -m unittest discover -s tests -t .` in `sdk/python`."""

from __future__ import annotations

import unittest

from routemcp_connector import Connector, Document, Failure, Page, Query, clock, connection, http, log
from routemcp_connector.sandbox import (
    MemoryStore,
    RateLimit,
    Request,
    Response,
    State,
    Taken,
    Tokens,
    consent,
    form_text,
    person,
    switch,
)
from routemcp_connector.testing import Host


class Acme(Connector):
    """As in the documentation."""

    manifest = "{}"

    def list(self, resource: str, query: Query) -> Page:
        """A page."""
        answer = http.get("/people").query("limit", query.limit).query("after", query.cursor).send().accept()
        return Page.at(answer, "/people", next=answer.at("/next"))


def provider(request: Request) -> Response:
    """Two pages, and then no service."""
    match request.parameter("after"):
        case None:
            return Response.json(200, {"people": [{"id": 1}, {"id": 2}], "next": "n2"})
        case "n2":
            return Response.json(200, {"people": [{"id": 3}], "next": None})
        case _:
            return Response.empty(503)


class Calls(unittest.TestCase):
    """Connectors and their requests."""

    def test_the_example_pages_until_there_is_no_next(self) -> None:
        with Host(provider) as host:
            first = Acme().list("contact", Query(limit=2))
            second = Acme().list("contact", Query(limit=2, cursor=first.next))
        self.assertEqual([record["id"] for record in first.resolve() + second.resolve()], [1, 2, 3])
        self.assertIsNone(second.next)
        self.assertEqual(host.requests[0].query, [("limit", "2")])

    def test_what_is_not_written_is_unsupported(self) -> None:
        for call in (
            lambda: Acme().get("contact", "1", []),
            lambda: Acme().create("contact", {}, []),
            lambda: Acme().update("contact", "1", {}, []),
            lambda: Acme().delete("contact", "1"),
        ):
            with self.assertRaises(Failure) as caught:
                call()
            self.assertEqual(caught.exception.kind, "unsupported")

    def test_statuses_have_their_kinds(self) -> None:
        for status, kind in (
            (400, "rejected"),
            (401, "unauthorized"),
            (403, "forbidden"),
            (404, "not-found"),
            (408, "timeout"),
            (409, "conflict"),
            (422, "rejected"),
            (429, "rate-limited"),
            (500, "unavailable"),
            (504, "timeout"),
            (302, "unexpected"),
        ):
            answer = Response.empty(status)
            with Host(lambda _: answer), self.assertRaises(Failure) as caught:  # noqa: B023 - used at once
                http.get("/x").send().accept()
            self.assertEqual((caught.exception.kind, caught.exception.status), (kind, status))

    def test_a_segment_cannot_leave_its_place_in_the_path(self) -> None:
        for text, encoded in (
            ("mara@example.com", "mara%40example.com"),
            ("a/../b?c#d", "a%2F..%2Fb%3Fc%23d"),
            ("..", "%2E%2E"),
            (".", "%2E"),
            ("Zoë", "Zo%C3%AB"),
        ):
            self.assertEqual(http.segment(text), encoded)

    def test_bodies_arrive_as_they_were_meant(self) -> None:
        sent: list[Request] = []

        def record(request: Request) -> Response:
            sent.append(request)
            return Response.empty(204)

        with Host(record):
            http.post("/x").json({"name": "Zoë"}).send()
            http.post("/x").form([("a b", "1&2"), ("yes", True)]).send()
            http.put("/x").raw(b"\xff").header("content-type", "image/png").send()
        self.assertEqual(sent[0].json(), {"name": "Zoë"})
        self.assertEqual(sent[1].form(), {"a b": "1&2", "yes": "true"})
        self.assertEqual((sent[2].body, sent[2].header("Content-Type")), (b"\xff", "image/png"))

    def test_the_double_refuses_what_the_host_refuses(self) -> None:
        for request in (
            http.get("/x?limit=1"),
            http.get("/x").header("Authorization", "Bearer mine"),
        ):
            with Host(provider), self.assertRaises(Failure) as caught:
                request.send()
            self.assertEqual(caught.exception.kind, "refused")

    def test_without_a_host_there_is_no_network_and_no_time(self) -> None:
        for call in (lambda: http.get("/x").send(), clock.now_ms):
            with self.assertRaises(Failure) as caught:
                call()
            self.assertEqual(caught.exception.kind, "refused")
        self.assertIsNone(connection.setting("region"))

    def test_settings_time_and_notes_reach_the_host(self) -> None:
        with Host(settings={"region": "eu"}, now_ms=5) as host:
            log.warn(f"{connection.setting('region')} {connection.setting('none')} {clock.now_ms()}")
        self.assertEqual(host.logged, [("warn", "eu None 5")])

    def test_pointers_follow_rfc_6901(self) -> None:
        body = {"a/b": [{"m~n": 1}, {}, {"m~n": None}], "": 2, "list": [[1]]}
        with Host(lambda _: Response.json(200, body)):
            answer = http.get("/x").send()
        for pointer, value in (("/a~1b/0/m~0n", 1), ("/", 2), ("/list/0/0", 1), ("/list/1", None), ("/list/x", None)):
            self.assertEqual(answer.at(pointer), value, pointer)
        self.assertEqual(answer.pluck("/a~1b", "/m~0n"), [1, None, None])
        self.assertEqual(answer.pluck("/list/0/0", "/x"), [])
        self.assertEqual(Document.at(answer, "/list").resolve(), [[1]])
        self.assertEqual(Page.at_each(answer, ["/list/0", "/", "/none"], next=None).resolve(), [1, 2])


class Sandboxes(unittest.TestCase):
    """Help for playing providers."""

    def setUp(self) -> None:
        self.state = State(MemoryStore())

    def test_a_scan_goes_through_all_keys_in_byte_order(self) -> None:
        for number in reversed(range(1_200)):
            self.state.put("links", f"{number:05}", number)
        self.state.put("links", "é", -1)
        self.state.put("links", "z", -2)
        found = [value for _, value in self.state.scan_all("links")]
        self.assertEqual(found, [*range(1_200), -2, -1])
        self.assertEqual([key for key, _ in self.state.scan("links", "00003", 2)], ["00004", "00005"])

    def test_counters_and_deletes(self) -> None:
        self.assertEqual([self.state.count("id", 7), self.state.count("id", 7), self.state.count("other")], [7, 8, 1])
        self.state.put("a", "b", None)
        self.assertEqual((self.state.delete("a", "b"), self.state.delete("a", "b")), (True, False))

    def test_calls_come_free_as_the_window_slides(self) -> None:
        limit = RateLimit(calls=3, window_ms=10_000)
        self.assertEqual(limit.take(self.state, "token", 0), Taken(True, 2, 0))
        self.assertTrue(limit.take(self.state, "token", 5_000).allowed)
        self.assertEqual(limit.take(self.state, "token", 9_000).remaining, 0)
        self.assertEqual(limit.take(self.state, "token", 9_500), Taken(False, 0, 500))
        self.assertTrue(limit.take(self.state, "other", 9_500).allowed)
        self.assertTrue(limit.take(self.state, "token", 10_000).allowed)

    def test_the_switch_sets_the_limit_and_takes_it_back(self) -> None:
        limit = RateLimit(calls=3, window_ms=10_000)
        path = "/_sandbox/rate-limit"
        self.assertIsNone(switch(Request("GET", "/people"), self.state))
        for body, status in ((b'{"requests":0}', 200), (b'{"requests":-1}', 400), (b"[]", 400)):
            answer = switch(Request("PUT", path, body=body), self.state)
            self.assertEqual(answer and answer.status, status)
        self.assertGreater(limit.take(self.state, "token", 0).retry_after_ms, 0)
        switch(Request("DELETE", path), self.state)
        self.assertTrue(limit.take(self.state, "token", 0).allowed)

    def test_tokens_live_and_die(self) -> None:
        for rotates in (True, False):
            tokens = Tokens(prefix="t-", lifetime_ms=1_000, rotates=rotates)
            grant = tokens.exchange(self.state, f"code {rotates}", 0)
            assert grant
            self.assertIsNone(tokens.exchange(self.state, f"code {rotates}", 0))
            self.assertTrue(tokens.standing(self.state, grant.access_token, 999).valid)
            self.assertEqual(tokens.standing(self.state, grant.access_token, 1_005).left_ms, -5)
            self.assertFalse(tokens.standing(self.state, "made up", 0).known)
            self.assertIsNotNone(tokens.refresh(self.state, grant.refresh_token, 1))
            self.assertEqual(tokens.refresh(self.state, grant.refresh_token, 2) is None, rotates)
            self.assertTrue(tokens.revoke(self.state, grant.access_token))
            self.assertFalse(tokens.standing(self.state, grant.access_token, 1).valid)

    def test_consent_goes_back_to_where_it_was_asked_for(self) -> None:
        asked = [("client_id", "c"), ("redirect_uri", "https://a.example/b?c=1"), ("state", "s&1")]
        answer = consent(Request("GET", "/authorize", query=asked), self.state, 16)
        assert answer
        self.assertEqual(answer.headers, [("location", "https://a.example/b?c=1&code=code-10-1&state=s%261")])
        self.assertIsNone(consent(Request("GET", "/authorize", query=asked[:1]), self.state, 16))

    def test_requests_come_apart(self) -> None:
        request = Request("GET", "/a/b%2Fc/", [("x", "1"), ("x", "2")], [("AUTHORIZATION", "bearer abc")])
        self.assertEqual(request.segments(), ["a", "b/c"])
        self.assertEqual((request.parameter("x"), request.parameter("y")), ("1", None))
        self.assertEqual((request.token("Bearer"), request.token("Basic")), ("abc", None))
        pairs = [("a b", "1&2=3+%"), ("ü", "")]
        self.assertEqual(Request("POST", "/", body=form_text(pairs).encode()).form(), dict(pairs))
        self.assertIsNone(Request("POST", "/", body=b"{").json())

    def test_people_are_the_same_every_time_and_no_two_share_an_address(self) -> None:
        self.assertEqual(person(17), person(17))
        emails = {person(number).email for number in range(1_000)}
        self.assertEqual(len(emails), 1_000)
        self.assertTrue(all(email.isascii() for email in emails))
        self.assertEqual(len({person(number).name for number in range(208)}), 208)


if __name__ == "__main__":
    unittest.main()
