"""What every test may use: the shared real files, and a place of its own for homes and keys."""
from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# real peers: Orthanc, a phantom visit, PostgreSQL; a display
pytest_plugins = ["peers", "database_server", "a_display"]

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real ultrasound files kept beside the checkout; the test is skipped where it is missing."""
    folder = Path(os.environ.get("INJECTION_LOG_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the shared real ultrasound files are not on this machine")
    return folder


@pytest.fixture(scope="session", autouse=True)
def passwords_cost_little() -> Iterator[None]:
    """Log-in makes a cheap password as dear as one costs today; in the tests that is the cheap price."""
    from injection_log.people import passwords

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PRODUCTION", passwords.PasswordCost(passes=1, memory_kib=8, lanes=1))
        yield


@pytest.fixture(autouse=True)
def keys_of_their_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the keys, settings or home of whoever runs it."""
    place = tmp_path_factory.mktemp("outside-home")
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(place / "keys"))
    monkeypatch.setenv("INJECTION_LOG_HOME", str(place / "home"))
