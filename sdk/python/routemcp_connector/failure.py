"""Why something could not be done, in the contract's words."""

from __future__ import annotations


class Failure(Exception):
    """Why a call failed; raise it.

    The host turns `kind` into a status and code of its own API, and the names in `fields` into unified fields. Unknown
    kinds count as "unexpected".
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        status: int | None = None,
        retry_after_ms: int | None = None,
        fields: dict[str, str] | None = None,
    ) -> None:
        """A failure of any kind, also one that this SDK has no constructor for.

        `message` is for people, in the provider's words where it has any. `status` is the provider's HTTP status, when
        it answered. `retry_after_ms` is how long the provider asked us to wait. `fields` says what is wrong with
        provider fields, which are named as the mapping has them ("firstname", "/contact/id").
        """
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.status = status
        self.retry_after_ms = retry_after_ms
        self.fields: dict[str, str] = dict(fields or {})

    @classmethod
    def not_found(cls, message: str) -> Failure:
        """The record does not exist."""
        return cls("not-found", message)

    @classmethod
    def rejected(cls, message: str, fields: dict[str, str] | None = None) -> Failure:
        """The provider (or the connector in its place) refuses the values."""
        return cls("rejected", message, fields=fields)

    @classmethod
    def conflict(cls, message: str, fields: dict[str, str] | None = None) -> Failure:
        """The values clash with another record."""
        return cls("conflict", message, fields=fields)

    @classmethod
    def unauthorized(cls, message: str) -> Failure:
        """The credential is missing, wrong or expired."""
        return cls("unauthorized", message)

    @classmethod
    def forbidden(cls, message: str) -> Failure:
        """The credential does not reach this far."""
        return cls("forbidden", message)

    @classmethod
    def rate_limited(cls, message: str, retry_after_ms: int | None = None) -> Failure:
        """Too many calls."""
        return cls("rate-limited", message, retry_after_ms=retry_after_ms)

    @classmethod
    def unsupported(cls, message: str) -> Failure:
        """The provider cannot do this at all."""
        return cls("unsupported", message)

    @classmethod
    def invalid_cursor(cls, message: str) -> Failure:
        """The cursor is not one of ours, or no longer valid."""
        return cls("invalid-cursor", message)

    @classmethod
    def unavailable(cls, message: str) -> Failure:
        """The provider does not work just now."""
        return cls("unavailable", message)

    @classmethod
    def unexpected(cls, message: str) -> Failure:
        """The provider answered something that its documentation does not allow for."""
        return cls("unexpected", message)

    @classmethod
    def of_status(cls, status: int, message: str | None = None) -> Failure:
        """What an HTTP status means where nothing else is known."""
        kind = _KINDS.get(status)
        if kind is None:
            kind = "rejected" if 400 <= status < 500 else "unavailable" if status >= 500 else "unexpected"
        return cls(kind, message or f"the provider answered with status {status}", status=status)


_KINDS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    408: "timeout",
    409: "conflict",
    410: "not-found",
    429: "rate-limited",
    504: "timeout",
}
