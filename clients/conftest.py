"""Fixtures for tests with real clients: real servers, Debian's Chromium, packages from npm.

A missing program fails the tests; no test is skipped. `make test-clients` installs the programs.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from servers import Server, StartServer, await_ready, ingest, serve

from tests.tiny_nli import save_tiny_nli

CLIENTS = Path(__file__).parent
SEEDS = CLIENTS.parent / "seeds"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

Npm = Callable[..., Path]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Starts servers: `start_server(articles=None, QA_API_KEY="k", …)`. All servers end with the session.

    A server has the seeds, or `articles` (objects for `POST /v1/articles`), and these settings. `QA_MODEL="fake"`
    starts sooner.
    """
    running: list[Server] = []
    seeded: dict[str, Path] = {}

    def start(articles: Sequence[Mapping[str, object]] | None = None, **settings: str) -> Server:
        folder = tmp_path_factory.mktemp("server")
        if articles is None:
            model = settings.get("QA_MODEL", "")
            if model not in seeded:
                seeded[model] = tmp_path_factory.mktemp("seeds") / "index"
                ingest(SEEDS, seeded[model], settings)
            shutil.copytree(seeded[model], folder / "index")
        server = serve(folder, settings)
        running.append(server)
        await_ready(server)
        for article in articles or ():
            status, answer = server.request("POST", "/v1/articles", article)
            assert status in (200, 201), answer
        return server

    yield start
    for server in running:
        server.end()
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def contradicting(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Settings with an NLI model that gives every pair a probability of .67 for a contradiction."""
    labels = {0: "neutral", 1: "entailment", 2: "contradiction"}
    model = save_tiny_nli(tmp_path_factory.mktemp("models") / "tiny-nli", labels)
    return {"QA_NLI_MODEL": str(model), "QA_NLI_THRESHOLD": "0.5"}


@pytest.fixture(scope="session")
def server(start_server: StartServer) -> Server:
    """A server over the seeds, with the packaged model and the default settings."""
    return start_server()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is not installed: run `make test-clients`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a new browser profile. It fails the test after an error in a script or a request to another machine."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(20_000)
    page = context.new_page()
    failures: list[str] = []
    outside: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("request", lambda request: None if _is_inside(request.url) else outside.append(request.url))
    yield page
    context.close()
    assert failures == []
    assert outside == []


@pytest.fixture(scope="session")
def npm() -> Npm:
    """Installs packages: `npm("axe-core@4.14.1", …)` returns the `node_modules` folder with exactly these versions.

    Each set of packages has its folder: npm removes the packages that a command does not name.
    """

    def install(*packages: str) -> Path:
        assert shutil.which("npm"), "npm is not installed: run `make test-clients`"
        assert all(re.fullmatch(r"(@[\w.-]+/)?[\w.-]+@\d+\.\d+\.\d+", package) for package in packages), packages
        folder = CLIENTS / "node_modules" / "+".join(sorted(packages)).replace("/", "_")
        if not (folder / "installed").exists():
            folder.mkdir(parents=True, exist_ok=True)
            options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(
                ["npm", "install", "--prefix", str(folder), *options, *packages],
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            (folder / "installed").touch()
        return folder / "node_modules"

    return install


@pytest.fixture(scope="session")
def axe(npm: Npm) -> Callable[[Page], list[str]]:
    """Checks a page: `axe(page)` returns the problems that axe-core finds, also in shadow roots."""
    script = (npm("axe-core@4.14.1") / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        page.evaluate(script)  # the policy of the page refuses an added script
        found = page.evaluate("() => axe.run(document)")
        return [
            f"{v['id']}: {node['html']} {node['failureSummary']}" for v in found["violations"] for node in v["nodes"]
        ]

    return violations


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """Keeps a screenshot for people: `screenshot(page, "widget-dark")` writes it to `clients/screenshots/`."""

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=CLIENTS / "screenshots" / f"{name}.png")

    return keep


def _is_inside(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")
