"""Law 2: `kill -9` at any moment leaves every acknowledged change and no half one."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest
from builders import fake_service
from kill_child import write_until_killed

KILLS = 60


def acknowledged(journal: Path) -> tuple[set[int], set[int]]:
    """-> articles that must be there, and the one (if any) whose change was begun and not acknowledged."""
    alive: set[int] = set()
    begun: set[int] = set()
    for line in journal.read_text().splitlines():
        number = int(line[1:])
        if line[0] == "?":
            begun = {number}
            continue
        begun = set()
        (alive.add if line[0] == "+" else alive.discard)(number)
    return alive, begun


@pytest.mark.slow
def test_kill_at_random_points_of_ingest_and_delete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))  # for the fork server, which knows no sys.path
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(["kill_child"])
    index, journal = tmp_path / "index", tmp_path / "journal"
    rng = random.Random(20261120)
    lines = 0
    for kill in range(KILLS):
        child = start.Process(target=write_until_killed, args=(index, journal, kill))
        child.start()
        # By what it has written, not by the clock alone: the kill falls into its work on a busy machine too.
        enough = lines + rng.randint(1, 10)
        while lines < enough:
            assert child.is_alive(), "the writer ended by itself"
            time.sleep(0.005)
            lines = len(journal.read_text().splitlines()) if journal.exists() else 0
        time.sleep(rng.uniform(0, 0.05))
        child.kill()
        child.join()
        lines = len(journal.read_text().splitlines())
        service = fake_service(index)
        there: set[int] = set()
        if service.collections():  # the first kill may come before there is one
            assert service.verify().problems == (), f"after kill {kill}"
            there = {int(a.article_id.removeprefix("article-")) for a in service.articles(limit=200).articles}
        alive, begun = acknowledged(journal)
        assert there - begun == alive - begun, f"after kill {kill}"
        # the change that was under way is decided now: journal it, as the next round starts from here
        with journal.open("a") as file:
            file.writelines(f"{'+' if n in there else '-'}{n}\n" for n in begun)
        lines = len(journal.read_text().splitlines())
        service.close()
    assert lines > 3 * KILLS
