"""Build the wheel once, and look at what it holds."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> set[str]:
    out = tmp_path_factory.mktemp("wheel")
    tree = tmp_path_factory.mktemp("tree") / "chainshock"
    subprocess.run(["git", "clone", "-q", ROOT, tree], check=True)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "-q", "--disable-pip-version-check"]
    subprocess.run([*command, "-w", out, tree], check=True)
    (wheel,) = out.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_wheel_has_one_top_level_name(names):
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"chainshock"}


def test_wheel_has_the_licence(names):
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize("room", ["graph", "loaders", "queries"])
def test_wheel_holds_every_file_of_a_room(names, room):
    tracked = subprocess.run(
        ["git", "ls-files", room], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert tracked
    assert {f"chainshock/{path}" for path in tracked} <= names
