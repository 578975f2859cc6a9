"""Chromium without a window, told what to do over the pipe of its DevTools protocol: no library, no port.

https://chromedevtools.github.io/devtools-protocol/ ; with `--remote-debugging-pipe` it reads JSON messages from file
descriptor 3 and writes to 4, each ended by a NUL.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Page", "chromium"]

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip


@contextmanager
def chromium() -> Iterator[Page]:
    """A page of a browser of its own, which is ended afterwards.

    Raises:
        FileNotFoundError: there is no `chromium` on PATH.
    """
    program = shutil.which("chromium")
    if program is None:
        raise FileNotFoundError("chromium is not on PATH: install Debian's package chromium.")
    # Chromium's 3 and 4, whatever their numbers are here.
    its_in, our_out = os.pipe()
    our_in, its_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        shell = f'exec "$0" "$@" 3<&{its_in} 4>&{its_out}'
        process = subprocess.Popen(
            ["/bin/sh", "-c", shell, program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(its_in, its_out),
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(its_in)
        os.close(its_out)
        try:
            yield Page(our_in, our_out)
        finally:
            os.close(our_out)  # Chromium ends when its pipe does
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            os.close(our_in)


class Page:
    """One tab. `said` are messages of its console, and errors."""

    def __init__(self, receive: int, send: int) -> None:
        self._receive, self._send, self._rest, self._last = receive, send, b"", 0
        self._session: str | None = None
        self._loaded = False
        self.said: list[str] = []
        self.asked_for: list[str] = []
        """Addresses that were fetched."""
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command's result; RuntimeError where it fails."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while True:
            found = self._read()
            if found.get("id") == self._last:
                if "error" in found:
                    raise RuntimeError(f"{method}: {found['error']['message']}")
                result: dict[str, Any] = found["result"]
                return result

    def open(self, path: Path, *, wait: float = 60) -> float:
        """Opens a file and returns the seconds until everything in it has run."""
        self._loaded = False
        began = time.perf_counter()
        self.call("Page.navigate", url=path.resolve().as_uri())
        while not self._loaded:
            if time.perf_counter() - began > wait:
                raise TimeoutError(f"{path} was not loaded in {wait} s")
            self._read()
        self.run("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        return time.perf_counter() - began

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"]["exception"].get("description", script))
        return found["result"].get("value")

    def press(self, key: str) -> None:
        """A key, by its name in KeyboardEvent.key."""
        code = {"Enter": 13, "ArrowDown": 40, "ArrowUp": 38, "Tab": 9}[key]
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            shape = {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
            self.call("Input.dispatchKeyEvent", **shape, **(text if kind == "keyDown" else {}))

    def look(self, *, width: int, height: int, dark: bool = False, phone: bool = False) -> None:
        """The window's size, and which colours its owner prefers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def shoot(self, path: Path) -> None:
        """What the window shows, as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            got = os.read(self._receive, 1 << 20)
            if not got:
                raise RuntimeError("Chromium ended.")
            self._rest += got
        line, self._rest = self._rest.split(b"\0", 1)
        found: dict[str, Any] = json.loads(line)
        method, details = found.get("method"), found.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Runtime.exceptionThrown":
            self.said.append(str(details["exceptionDetails"].get("exception", {}).get("description")))
        elif method == "Log.entryAdded":
            self.said.append(details["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.said.append(str([argument.get("value") for argument in details["args"]]))
        elif method == "Network.requestWillBeSent":
            self.asked_for.append(details["request"]["url"])
        return found
