"""From the contract's sandbox to the SDK's and back. Imported only by components that play their provider."""

from __future__ import annotations

from wit_world import exports
from wit_world.exports import sandbox as contract
from wit_world.imports import log, sandbox_store

from .component import begin, trace
from .sandbox import Request, Sandbox, State


class HostStore:
    """The state that the host keeps for a sandbox."""

    def get(self, collection: str, key: str) -> str | None:
        """The JSON text at a key."""
        return sandbox_store.get(collection, key)

    def put(self, collection: str, key: str, text: str) -> None:
        """Sets the JSON text at a key."""
        sandbox_store.put(collection, key, text)

    def delete(self, collection: str, key: str) -> bool:
        """Whether there was something to delete."""
        return sandbox_store.delete(collection, key)

    def scan(self, collection: str, after: str | None, limit: int) -> list[tuple[str, str]]:
        """Up to `limit` entries in byte order of their keys, those after `after`."""
        return sandbox_store.scan(collection, after, limit)


def export_sandbox(sandbox: Sandbox) -> type[exports.Sandbox]:
    """The class that the component exports for a sandbox."""

    class Exported(exports.Sandbox):
        """The contract's interface `sandbox`."""

        def handle(self, request: contract.ProviderRequest) -> contract.ProviderResponse:
            begin()
            asked = Request(request.method, request.path, request.query, request.headers, request.body)
            try:
                answer = sandbox.handle(asked, State(HostStore()))
            except Exception as error:
                # Raised on, which ends the call, so that nothing of its state is kept.
                log.write("error", trace(error))
                raise
            return contract.ProviderResponse(answer.status, answer.headers, answer.body)

    return Exported
