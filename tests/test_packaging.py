"""What setuptools is told must be what lies in the tree."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]


def packages_in_the_tree() -> set[str]:
    found = set()
    for package, folder in SETUPTOOLS["package-dir"].items():
        top = ROOT / folder
        for init in top.rglob("__init__.py"):
            inside = init.parent.relative_to(top)
            through_link = package == "chainshock" and inside.parts[:1] in (
                ("graph",),
                ("loaders",),
                ("queries",),
            )
            if not through_link:
                found.add(".".join((package, *inside.parts)))
    return found


def test_every_package_folder_is_listed():
    assert set(SETUPTOOLS["packages"]) == packages_in_the_tree()


def test_rooms_are_linked_into_the_root_package():
    for room in ("graph", "loaders", "queries"):
        assert (ROOT / "src" / "chainshock" / room).resolve() == ROOT / room
