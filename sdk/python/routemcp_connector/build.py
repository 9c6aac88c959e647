"""Makes a component of a project: `python -m routemcp_connector.build --out FILE` in its folder.

The project's module `connector` (or another, `--module`) has the connector as `CONNECTOR` and, if it plays its
provider, the sandbox as `SANDBOX`. The component holds a whole Python with everything that is imported, as it stands
after the imports.

WASI stays linked. `componentize-py --stub-wasi` would take its imports away, but then time and randomness would stand
still: every call would draw the same numbers. RouteMCP links WASI to a context that denies files, network and
environment.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from .connector import Connector
from .sandbox import Sandbox

COMPONENTIZE_VERSION = "0.25.1"
"""The version of componentize-py that this SDK's bindings fit. Generated names change between versions."""

_PACKAGE = Path(__file__).resolve().parent
_APP = "routemcp_component"


class BuildError(Exception):
    """The project cannot become a component, and why."""


def build(project: Path, out: Path, module: str = "connector") -> None:
    """Builds the project in this folder and writes the component."""
    _check_tool()
    has_sandbox = _check_project(project, module)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / f"{_APP}.py").write_text(_app(module, has_sandbox), encoding="utf-8")
        component = Path(scratch) / "component.wasm"
        world = "provider-with-sandbox" if has_sandbox else "provider"
        paths = [part for path in (scratch, str(project), str(_PACKAGE.parent)) for part in ("-p", path)]
        _run(["-d", str(_PACKAGE / "connector.wit"), "-w", world, "componentize", *paths, "-o", str(component), _APP])
        _replace(out, component.read_bytes())


def _check_tool() -> None:
    try:
        found = metadata.version("componentize-py")
    except metadata.PackageNotFoundError:
        found = "none"
    if found != COMPONENTIZE_VERSION:
        raise BuildError(
            f"componentize-py {COMPONENTIZE_VERSION} is needed, found: {found}; "
            f"run: {sys.executable} -m pip install componentize-py=={COMPONENTIZE_VERSION}"
        )


def _check_project(project: Path, module: str) -> bool:
    """Whether the project has a sandbox. Imports it here first: errors read better than from inside WebAssembly."""
    sys.path.insert(0, str(project))
    try:
        loaded = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise BuildError(f"there is no module `{module}` in {project}") from None
    finally:
        sys.path.remove(str(project))
    connector = getattr(loaded, "CONNECTOR", None)
    if not isinstance(connector, Connector):
        raise BuildError(f"the module `{module}` must have CONNECTOR, an instance of a routemcp_connector.Connector")
    try:
        json.loads(connector.manifest)
    except (AttributeError, TypeError, ValueError) as error:
        raise BuildError(f"CONNECTOR.manifest must be the manifest as JSON text: {error}") from None
    sandbox = getattr(loaded, "SANDBOX", None)
    if sandbox is not None and not isinstance(sandbox, Sandbox):
        raise BuildError(f"SANDBOX of `{module}` must be an instance of a routemcp_connector.sandbox.Sandbox")
    return sandbox is not None


def _app(module: str, has_sandbox: bool) -> str:
    lines = [
        f"import {module} as project",
        "from routemcp_connector.component import export_connector",
        "Connector = export_connector(project.CONNECTOR)",
    ]
    if has_sandbox:
        lines += [
            "from routemcp_connector.component_sandbox import export_sandbox",
            "Sandbox = export_sandbox(project.SANDBOX)",
        ]
    return "\n".join(lines) + "\n"


def _run(arguments: list[str]) -> None:
    # Without VIRTUAL_ENV, componentize-py takes the packages of the Python that runs it, which is the same place.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    command = [sys.executable, "-c", "import sys, componentize_py; sys.exit(componentize_py.script())", *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise BuildError(f"componentize-py failed:\n{ended.stderr.strip() or ended.stdout.strip()}")


def _replace(out: Path, component: bytes) -> None:
    """Writes beside the target and renames, so that a watching server never reads half a file."""
    beside = out.with_name(f"{out.name}.new")
    beside.write_bytes(component)
    beside.replace(out)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m routemcp_connector.build", description="Make a component.")
    parser.add_argument("--project", type=Path, default=Path(), help="the project's folder (default: this one)")
    parser.add_argument("--module", default="connector", help="has CONNECTOR and SANDBOX (default: connector)")
    parser.add_argument("--out", type=Path, required=True, help="where to write the component")
    arguments = parser.parse_args()
    try:
        build(arguments.project.resolve(), arguments.out.resolve(), arguments.module)
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    size = arguments.out.stat().st_size
    print(f"{arguments.out}  {size / 1_000_000:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
