"""Attio's errors. Their form: see `attio/errors.py`."""

from __future__ import annotations

from typing import Any

from routemcp_connector.sandbox import Response


class Problem(Exception):
    """A request that Attio refuses."""

    def __init__(self, status: int, body: dict[str, Any], headers: list[tuple[str, str]]) -> None:
        """Use `problem` or `invalid`."""
        super().__init__(body["code"])
        self.status, self.body, self.headers = status, body, headers

    def response(self) -> Response:
        """The answer."""
        answer = Response.json(self.status, self.body)
        for name, value in self.headers:
            answer = answer.with_header(name, value)
        return answer


def problem(status: int, code: str, message: str, headers: list[tuple[str, str]] | None = None) -> Problem:
    """An error about the request as a whole."""
    kind = {401: "auth_error", 429: "rate_limit_error"}.get(status, "invalid_request_error")
    return Problem(status, {"status_code": status, "type": kind, "code": code, "message": message}, headers or [])


def invalid(path: list[str], message: str) -> Problem:
    """An error about one value in the body."""
    found = problem(400, "validation_type", "Body payload validation error.")
    found.body["validation_errors"] = [{"code": "invalid_type", "path": path, "message": message}]
    return found
