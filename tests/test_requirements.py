"""What is declared and what is locked belong together, and can be installed from anywhere."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
DEV = [Requirement(line) for line in PROJECT["optional-dependencies"]["dev"]]


def locked(name: str) -> dict[str, Version]:
    lines = re.findall(r"^([\w.-]+)==([^ ]+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
    return {canonicalize_name(package): Version(version) for package, version in lines}


@pytest.mark.parametrize(("lock", "declared"), [("runtime.lock", RUNTIME), ("dev.lock", RUNTIME + DEV)])
def test_the_lock_holds_everything_declared(lock: str, declared: list[Requirement]) -> None:
    versions = locked(lock)
    assert [str(wish) for wish in declared if not wish.specifier.contains(versions[canonicalize_name(wish.name)])] == []


def test_development_runs_on_the_versions_of_the_program() -> None:
    assert locked("runtime.lock").items() <= locked("dev.lock").items()


@pytest.mark.parametrize("lock", ["runtime.lock", "dev.lock"])
def test_the_lock_names_no_place_to_download_from(lock: str) -> None:
    assert not re.search(r"://|^--(index|extra|find)", (ROOT / "requirements" / lock).read_text(), re.MULTILINE)
