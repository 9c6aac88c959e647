"""What Attio's errors mean.

Their form is `{"status_code", "type", "code", "message"}`, as the reference shows it for every endpoint
(https://docs.attio.com/rest-api/endpoint-reference/records/list-records), with `validation_errors` of
`{"code", "path", "message"}` where single values are at fault
(https://github.com/itsjustanks/n8n-nodes-attio/issues/4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from routemcp_connector import Failure, Response, clock

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# https://docs.attio.com/rest-api/guides/rate-limiting: "Retry-After: Tue, 23 May 2023 14:42:01 GMT".
_HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"

Written = Mapping[str, Iterable[str]]
"""Attribute -> the provider fields that a write set in it."""


def checked(answer: Response, written: Written | None = None) -> Response:
    """Passes a good answer on, and raises what a bad one says."""
    if answer.ok:
        return answer
    message = answer.at("/message")
    failure = Failure.of_status(answer.status, message if isinstance(message, str) else None)
    code = answer.at("/code")
    # The endpoint throws "on conflicts of unique attributes":
    # https://docs.attio.com/rest-api/endpoint-reference/records/create-a-record
    if isinstance(code, str) and "uniqueness" in code:
        failure.kind = "conflict"
    failure.fields = _fields(answer, failure.message, written or {})
    if answer.status == 429:
        failure.retry_after_ms = _wait(answer.header("retry-after"))
    raise failure


def identifier(text: str, what: str) -> str:
    """An id that Attio can know. All are UUIDs, and others it answers with a complaint about the path."""
    if not _UUID.fullmatch(text):
        raise Failure.not_found(f"there is no such {what}")
    return text


def _fields(answer: Response, message: str, written: Written) -> dict[str, str]:
    found: dict[str, str] = {}
    for error in answer.at("/validation_errors") or []:
        path = [part for part in error.get("path") or [] if isinstance(part, str)]
        for attribute in path:
            found.update(dict.fromkeys(written.get(attribute, ()), str(error.get("message") or message)))
    if not found:
        # Errors about single values name the attribute in their text.
        for attribute, fields in written.items():
            if re.search(rf"\b{re.escape(attribute)}\b", message):
                found.update(dict.fromkeys(fields, message))
    return found


def _wait(retry_after: str | None) -> int | None:
    try:
        until = datetime.strptime(retry_after or "", _HTTP_DATE).replace(tzinfo=UTC)
    except ValueError:
        return None
    return max(int(until.timestamp() * 1_000) - clock.now_ms(), 1)
