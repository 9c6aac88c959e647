"""What a connector written in Python depends on.

A connector says what its provider can do (the manifest), and answers five operations. It never sees a credential: the
host adds it to every request. Records normally stay in the host; a connector only points at them.

A whole connector::

    from pathlib import Path

    from routemcp_connector import Connector, Page, Query, http

    class Acme(Connector):
        manifest = Path(__file__).with_name("manifest.json").read_text(encoding="utf-8")

        def list(self, resource: str, query: Query) -> Page:
            answer = http.get("/people").query("limit", query.limit).query("after", query.cursor).send().accept()
            return Page.at(answer, "/people", next=answer.at("/next"))

    CONNECTOR = Acme()

`python -m routemcp_connector.build --out acme.wasm` makes the component. Everything that runs at module level
(imports, reading the manifest) runs then, once; the memory that it leaves is the memory that every call begins with.
So import at the top of modules: at run time there are no files, and an `import` inside a function finds nothing
unless the build has already imported the module.
"""

from . import clock, connection, http, log
from .connector import Connector
from .failure import Failure
from .http import Request, Response
from .records import Document, Filter, Page, Query, Sort

__version__ = "0.1.0"
"""The version of this SDK."""

CONTRACT_VERSION = "0.1.0"
"""The version of the contract (`connector.wit`) that connectors are built against."""

__all__ = [
    "CONTRACT_VERSION",
    "Connector",
    "Document",
    "Failure",
    "Filter",
    "Page",
    "Query",
    "Request",
    "Response",
    "Sort",
    "clock",
    "connection",
    "http",
    "log",
]
