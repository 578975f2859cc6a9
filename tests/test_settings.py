"""Settings: where a value comes from, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_service import machine
from qa_service.errors import SettingsError
from qa_service.settings import Settings, load_settings, model


def refusal(tmp_path: Path, toml: str = "", **environ: str) -> SettingsError:
    file = tmp_path / "c2.toml"
    file.write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        load_settings(config=file, environ=environ)
    return raised.value


def test_an_argument_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "qa.toml"
    file.write_text("port = 1\nthreads = 2\ndepth = 30\n", encoding="utf-8")
    settings = load_settings({"port": 5}, config=file, environ={"QA_PORT": "4", "QA_THREADS": "3"})
    assert (settings.port, settings.threads, settings.depth) == (5, 3, 30)


def test_a_bad_value_names_setting_and_file(tmp_path: Path) -> None:
    error = refusal(tmp_path, "port = 'x'\n")
    assert error.message.startswith(f"{tmp_path / 'c2.toml'}: port: ")
    assert error.param == "port"
    assert refusal(tmp_path, "prot = 1\n").message.startswith(f"{tmp_path / 'c2.toml'}: prot: there is no such setting")


def test_a_bad_value_names_its_variable(tmp_path: Path) -> None:
    assert refusal(tmp_path, QA_PORT="70000").message.startswith("QA_PORT: ")


def test_a_bad_argument_names_its_setting() -> None:
    with pytest.raises(SettingsError, match=r"^depth: "):
        load_settings({"depth": 1}, environ={})


def test_a_key_of_the_wrong_kind_is_not_shown(tmp_path: Path) -> None:
    error = refusal(tmp_path, "api_key = 424242\n")
    assert "api_key: " in error.message
    assert "424242" not in error.message


@pytest.mark.parametrize("address", ["x", "ask.example.org", "https://a@b.example", "https://b.example/?q=1"])
def test_a_public_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="public_url"):
        load_settings({"public_url": address}, environ={})
    assert (
        load_settings({"public_url": "https://ask.example.org/qa"}, environ={}).public_url
        == "https://ask.example.org/qa"
    )


@pytest.mark.parametrize("rate", ["often", "60", "60/fortnight", "60/minute;"])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rate: str) -> None:
    assert refusal(tmp_path, QA_RATE_LIMIT=rate).message == f"QA_RATE_LIMIT: {rate!r} is no rate such as 60/minute."


@pytest.mark.parametrize("rate", ["60/minute", "5 per 2 hour", "1/second; 1000/day"])
def test_a_rate_is_kept_as_given(rate: str) -> None:
    assert load_settings(environ={"QA_RATE_LIMIT": rate}).rate_limit == rate


ORIGINS = ["example.org", "https://", "https://example.org/page", "https://a@example.org", "https://e.org:x", "null"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_an_origin_that_is_none_is_refused(tmp_path: Path, origin: str) -> None:
    error = refusal(tmp_path, f"allowed_origins = ['https://good.example', '{origin}']\n")
    assert f"c2.toml: allowed_origins: {origin!r} is no web origin" in error.message


def test_origins_are_schemes_hosts_and_ports() -> None:
    given = "https://Example.org,http://localhost:3000,http://[::1]:80,https://example.org/,*"
    assert load_settings(environ={"QA_ALLOWED_ORIGINS": given}).allowed_origins == tuple(given.split(","))


@pytest.mark.parametrize("host", ["https://qa.example.org", "qa.example.org/", "qa.example.org:8000", "*.example.org"])
def test_a_host_that_is_none_is_refused(tmp_path: Path, host: str) -> None:
    error = refusal(tmp_path, QA_ALLOWED_HOSTS=f"good.example,{host}")
    assert error.message.startswith(f"QA_ALLOWED_HOSTS: {host!r} is no host name")
    assert error.param == "allowed_hosts"


def test_hosts_are_names_and_addresses() -> None:
    given = "qa.example.org,QA.local.,10.0.0.1,::1,*"
    assert load_settings(environ={"QA_ALLOWED_HOSTS": given}).allowed_hosts == tuple(given.split(","))


def test_languages_of_the_model_are_two_letters_or_all() -> None:
    assert load_settings(environ={"QA_MODEL_LANGUAGES": "en, fr"}).model_languages == ("en", "fr")
    assert load_settings(environ={"QA_MODEL_LANGUAGES": "all"}).model_languages == ("all",)
    assert load_settings(environ={}).model_languages == ()
    for wrong in ("english", "EN", "en-US"):
        with pytest.raises(SettingsError, match=f"^QA_MODEL_LANGUAGES: '{wrong}' is no language"):
            load_settings(environ={"QA_MODEL_LANGUAGES": wrong})


@pytest.mark.parametrize(
    ("cores", "free_gib", "workers"), [(2, 8.0, 2), (8, 2.6, 5), (8, 0.4, 1), (1, 8.0, 1), (200, 900.0, 64)]
)
def test_a_worker_for_each_core_where_memory_allows(
    monkeypatch: pytest.MonkeyPatch, cores: int, free_gib: float, workers: int
) -> None:
    monkeypatch.setattr(model, "cores", lambda: cores)
    monkeypatch.setattr(model, "free_memory", lambda: int(free_gib * 2**30))
    assert Settings().processes == workers
    assert Settings(workers=3).processes == 3
    assert Settings(workers=2, threads=5).questions_in_a_process == 3


def test_limits_of_a_container_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    monkeypatch.setattr(machine, "OWN_GROUP", tmp_path / "own")
    monkeypatch.setattr(machine, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    assert (machine.cores(), machine.free_memory()) == (4, machine.UNKNOWN_MEMORY)
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:    8000 kB\n")
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    assert (machine.cores(), machine.free_memory()) == (2, 8000 * 1024)
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("4096000\n")
    (tmp_path / "memory.current").write_text("3000000\n")
    (tmp_path / "memory.stat").write_text("anon 2000000\nfile 1000000\nfile_mapped 500000\n")
    assert (machine.cores(), machine.free_memory()) == (4, 2_096_000)
    (tmp_path / "own").write_text("1:name=systemd:/other\n0::/system.slice/qa.service\n")
    service = tmp_path / "system.slice" / "qa.service"
    service.mkdir(parents=True)
    (service / "cpu.max").write_text("300000 100000\n")
    (service.parent / "cpu.max").write_text("100000 100000\n")
    (service / "memory.max").write_text("5000000\n")
    (service / "memory.current").write_text("4000000\n")
    assert (machine.cores(), machine.free_memory()) == (1, 1_000_000)
