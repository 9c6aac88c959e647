"""`python -m unittest`: the connector against its sandbox, without WebAssembly."""

from __future__ import annotations

import unittest

from routemcp_connector import Failure, Query
from routemcp_connector.testing import Host

from connector import CONNECTOR, SANDBOX
from sandbox import SEEDED, TOKEN


def host(token: str = TOKEN) -> Host:
    """A host that sends every request to a fresh sandbox."""
    return Host.of_sandbox(SANDBOX, {"Authorization": f"Bearer {token}"})


class ConnectorTest(unittest.TestCase):
    """What a caller of the unified API relies on."""

    def test_a_walk_gives_every_person_once(self) -> None:
        ids: list[str] = []
        cursor = None
        with host():
            while True:
                page = CONNECTOR.list("contact", Query(limit=7, cursor=cursor))
                ids += [record["id"] for record in page.resolve()]
                cursor = page.next
                if cursor is None:
                    break
        self.assertEqual(len(ids), SEEDED)
        self.assertEqual(len(set(ids)), SEEDED)

    def test_a_write_reads_back_and_null_clears(self) -> None:
        with host():
            made = CONNECTOR.create("contact", {"email": "ada@example.com", "company": "Analytical"}, []).resolve()
            changed = CONNECTOR.update("contact", made["id"], {"company": None}, []).resolve()
            read = CONNECTOR.get("contact", made["id"], []).resolve()
        self.assertEqual(made["company"], "Analytical")
        self.assertEqual((changed["company"], read["company"]), (None, None))
        self.assertEqual(read["email"], "ada@example.com")

    def test_what_the_provider_refuses_names_the_field(self) -> None:
        with host(), self.assertRaises(Failure) as caught:
            CONNECTOR.create("contact", {"email": "ada@example.com", "company": "x" * 201}, [])
        self.assertEqual(caught.exception.kind, "rejected")
        self.assertEqual(list(caught.exception.fields), ["company"])

    def test_a_wrong_key_and_a_missing_record_are_told_apart(self) -> None:
        with host(token="wrong"), self.assertRaises(Failure) as caught:
            CONNECTOR.list("contact", Query())
        self.assertEqual(caught.exception.kind, "unauthorized")
        with host(), self.assertRaises(Failure) as caught:
            CONNECTOR.delete("contact", "p999999")
        self.assertEqual(caught.exception.kind, "not-found")

    def test_an_id_cannot_leave_its_place_in_the_path(self) -> None:
        with host() as used, self.assertRaises(Failure):
            CONNECTOR.get("contact", "../people", [])
        self.assertEqual(used.requests[0].path, "/people/..%2Fpeople")


if __name__ == "__main__":
    unittest.main()
