"""How worker processes share connections."""

from __future__ import annotations

import pytest

from qa_service.web import load_board
from qa_service.web.load_board import LoadBoard, Place


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, which pauses move on."""
    now = [100.0]
    monkeypatch.setattr(load_board.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(load_board.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def entered(board: LoadBoard, workers: int) -> list[Place]:
    places: list[Place] = []
    for _ in range(workers):
        place = board.place(places)
        assert place is not None
        place.show(0)
        places.append(place)
    return places


def test_a_worker_with_more_load_leaves_the_connection_to_another(clock: list[float]) -> None:
    first, second = entered(LoadBoard(2), 2)
    assert first.is_my_turn()
    assert second.is_my_turn()
    first.show(2)
    assert second.is_my_turn()
    assert not first.is_my_turn()
    assert clock == [100.0 + load_board.YIELD_SECONDS]


def test_it_accepts_if_the_other_does_not_within_fifty_milliseconds(clock: list[float]) -> None:
    first, _ = entered(LoadBoard(2), 2)
    first.show(2)
    while not first.is_my_turn():
        assert clock[0] < 101
    assert clock[0] == pytest.approx(100.05, abs=2 * load_board.YIELD_SECONDS)
    assert not first.is_my_turn()  # the next connection is the other's again


def test_a_worker_that_has_left_takes_no_connection(clock: list[float]) -> None:
    first, second = entered(LoadBoard(2), 2)
    first.show(2)
    second.leave()
    assert first.is_my_turn()
    assert not first.gives_away()


def test_a_worker_with_too_much_gives_one_connection_away_each_second(clock: list[float]) -> None:
    first, second = entered(LoadBoard(2), 2)
    first.show(5)
    second.show(2)
    assert not first.gives_away()
    first.show(6)
    assert first.gives_away()
    assert not first.gives_away()
    clock[0] += 1
    assert first.gives_away()
    assert not second.gives_away()


def test_the_first_worker_waits_a_second_for_those_that_start(clock: list[float]) -> None:
    board = LoadBoard(3)
    places = entered(board, 2)
    places[0].enter()
    assert clock[0] == pytest.approx(101, abs=0.02)
    third = board.place(places)
    assert third is not None
    third.enter()
    assert clock[0] == pytest.approx(101, abs=0.02)


def test_a_reload_finds_places_for_the_new_workers_too() -> None:
    board = LoadBoard(1)
    (old,) = entered(board, 1)
    new = board.place([old])
    assert new is not None
    assert (old.number, new.number) == (0, 1)
    assert board.place([old, new, None]) is None
