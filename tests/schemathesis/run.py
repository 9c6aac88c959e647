#!/usr/bin/env python3
"""Holds the server against its own OpenAPI document: `run.py [path of routemcp] [more options for schemathesis]`.

Starts `routemcp dev` with a data folder of its own, and runs schemathesis against `/api/v1/openapi.json` with the test key,
which has all scopes. The same seed sends the same requests. Ends with schemathesis' status.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SEED = os.environ.get("SCHEMA_TEST_SEED", "20261124")
STARTS_WITHIN = 60.0  # seconds

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
]


def start(binary: str, folder: Path, log) -> tuple[subprocess.Popen, dict[str, str]]:
    """A server, and what its dev.env says, as soon as it is written: it listens by then."""
    connectors = ROOT / "target" / "connectors"
    command = [binary, "dev", "--port", "0", "--data-dir", str(folder), "--connectors", str(connectors)]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    server = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        if (folder / "dev.env").exists():
            lines = (folder / "dev.env").read_text().splitlines()
            return server, dict(line.split("=", 1) for line in lines)
        time.sleep(0.1)
    server.kill()
    raise SystemExit("the server did not start; its log:\n" + (folder / "server.log").read_text())


def second_key(binary: str, folder: Path) -> str:
    """A key for the preparations of the hooks: they must not count against the rate limit of the key under test."""
    command = [binary, "keys", "create", "--org", "Development", "--environment", "test", "--data-dir", str(folder)]
    command += ["--scopes", "read,write,connect,manage", "--plan", "organization"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    return made.stdout.split()[0]


def never_answered(folder: Path) -> list[str]:
    """Operations that no request got through to: what is only ever refused is not tested."""
    seen = json.loads((folder / "statuses.json").read_text())
    for operation, statuses in sorted(seen.items()):
        print(f"{operation:45} {statuses}")
    return [operation for operation, statuses in seen.items() if not any(status < "300" for status in statuses)]


def test(binary: str, server: dict[str, str], folder: Path, more: list[str]) -> int:
    url, key = server["ROUTEMCP_URL"], server["ROUTEMCP_TEST_KEY"]
    environment = {
        **os.environ,
        "ROUTEMCP_URL": url,
        "SCHEMA_TEST_KEY": second_key(binary, folder),
        "SCHEMA_TEST_STATUSES": str(folder / "statuses.json"),
        "SCHEMA_TEST_SEED": SEED,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HERE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "*",
    }
    schemathesis = Path(sys.executable).with_name("schemathesis")
    command = [str(schemathesis), "--config-file", str(HERE / "schemathesis.toml"), "run", f"{url}/api/v1/openapi.json"]
    command += ["--header", f"Authorization: Bearer {key}", "--checks", ",".join(CHECKS), "--seed", SEED, *more]
    status = subprocess.run(command, env=environment, cwd=folder, check=False).returncode
    missed = never_answered(folder)
    if missed:
        print(f"no request succeeded at: {', '.join(missed)}", file=sys.stderr)
    return status or int(bool(missed))


def main() -> int:
    binary = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "target" / "debug" / "routemcp")
    with tempfile.TemporaryDirectory(prefix="routemcp-schema-") as name:
        folder = Path(name)
        with (folder / "server.log").open("w") as log:
            server, environment = start(binary, folder, log)
            try:
                status = test(binary, environment, folder, sys.argv[2:])
                if server.poll() is not None:
                    print(f"the server ended with {server.returncode}", file=sys.stderr)
                    status = 1
            finally:
                server.terminate()
                server.wait(timeout=20)
        if status:
            log_lines = (folder / "server.log").read_text().splitlines()
            loud = [line for line in log_lines if " ERROR " in line or "panicked" in line]
            print("\n".join(["the server's log, errors only:", *loud[-40:]]), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
