"""A separate environment for each peer, so that its packages do not change those of other systems."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.shared import ROOT, note

__all__ = ["PACKAGES", "build", "versions"]

PACKAGES = {
    "txtai": ("txtai[api]", "sentence-transformers"),
    "haystack": ("haystack-ai", "hayhooks", "sentence-transformers", "sentence-transformers-haystack"),
}
"""What pip installs for each peer after torch. They are not pinned: a peer is measured in its newest release."""
TOLD = ("torch", "sentence-transformers", "transformers", "faiss-cpu", "txtai", "haystack-ai", "hayhooks", "openvino")
"""Packages whose versions the results state."""


def build(peer: str, root: Path, torch_index: str | None = None) -> Path:
    """The Python of a peer's environment below `root`, built at the first call.

    torch is installed first, in the version of constraints.txt. Then no other package decides which build is installed.

    Raises:
        CalledProcessError: pip failed; its output stands above.
    """
    folder, packages = root / f"venv-{peer}", PACKAGES[peer]
    python, stamp = folder / "bin" / "python", folder / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(packages):
        note(f"installing {' '.join(packages)} into {folder} …")
        torch = next(line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith("torch=="))
        source = ["--no-deps", "--index-url", torch_index] if torch_index else []
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([*pip, *source, torch], check=True)
        subprocess.run([*pip, torch, *packages], check=True)
        stamp.write_text(" ".join(packages))
    return python


def versions(python: Path) -> dict[str, str]:
    """The versions of the packages that decide the figures, from the environment of `python`."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"]
    listed = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    found = {one["name"].lower(): one["version"] for one in listed}
    return {name: found[name] for name in TOLD if name in found}
