"""The project that `routemcp connector new --lang python` writes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from importlib import util
from pathlib import Path

SDK = Path(__file__).resolve().parents[1]


def write(folder: Path) -> None:
    """Writes the project as the command does: the template with its names, and the SDK beside it."""
    shutil.copytree(SDK / "routemcp_connector", folder / "routemcp_connector")
    for file in (SDK / "template").iterdir():
        if file.is_file():
            text = file.read_text(encoding="utf-8").replace("{{name}}", "Orbit").replace("{{slug}}", "orbit")
            (folder / file.name).write_text(text, encoding="utf-8")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs this Python in the project, with nothing else on its path."""
    command = [sys.executable, "-B", *arguments]
    return subprocess.run(command, cwd=folder, env={"PATH": ""}, capture_output=True, text=True, check=False)


class Template(unittest.TestCase):
    """A new project works before anything in it is changed."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        write(self.folder)

    def test_its_own_tests_pass(self) -> None:
        ended = run(self.folder, "-m", "unittest")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("OK", ended.stderr)

    def test_no_placeholder_is_left(self) -> None:
        for file in self.folder.iterdir():
            if file.is_file():
                self.assertNotIn("{{", file.read_text(encoding="utf-8"), file.name)
        self.assertEqual(json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))["slug"], "orbit")

    def test_the_tool_is_pinned_to_the_version_that_the_sdk_fits(self) -> None:
        from routemcp_connector.build import COMPONENTIZE_VERSION

        wanted = f"componentize-py=={COMPONENTIZE_VERSION}"
        self.assertIn(wanted, (self.folder / "requirements.txt").read_text(encoding="utf-8"))
        self.assertIn(wanted, (SDK / "pyproject.toml").read_text(encoding="utf-8"))

    def test_a_project_without_a_connector_is_told_what_is_missing(self) -> None:
        out = str(self.folder / "out.wasm")
        if util.find_spec("componentize_py") is None:
            self.skipTest("componentize-py is not installed")
        for text, message in (
            ("", "must have CONNECTOR"),
            ("from routemcp_connector import Connector\nCONNECTOR = Connector()", "CONNECTOR.manifest"),
        ):
            (self.folder / "connector.py").write_text(text, encoding="utf-8")
            ended = run(self.folder, "-m", "routemcp_connector.build", "--out", out)
            self.assertEqual(ended.returncode, 1)
            self.assertIn(message, ended.stderr)

    def test_it_builds(self) -> None:
        if util.find_spec("componentize_py") is None:
            self.skipTest("componentize-py is not installed")
        out = self.folder / "orbit.wasm"
        ended = run(self.folder, "-m", "routemcp_connector.build", "--out", str(out))
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(out.read_bytes()[:8], b"\0asm\x0d\0\x01\0", "not a component")


if __name__ == "__main__":
    unittest.main()
