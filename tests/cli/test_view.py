"""The command that writes the picture: what it writes, and what it refuses before it computes."""

import pytest

from tests.browser import chromium, opened
from tests.cli.worlds import invoke


def test_view_writes_a_page_and_an_svg_and_says_what_is_drawn(tmp_path):
    out, svg = tmp_path / "out.html", tmp_path / "out.svg"
    result = invoke("view", out, "--scenario", "april-2025", "--top", "1", "--stage", "magnet", "--svg", svg)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert "blocks and" in result.stderr
    assert out.read_text("utf-8").startswith("<!doctype html>")
    assert svg.read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("out.svg",), "--svg FILE writes the picture as SVG"),
        (("out.pdf",), "expected a name ending in .html"),
        (("out.html", "--svg", "x.png"), "expected a name ending in .svg"),
        (("-", "--svg", "-"), "expected a file for one of them"),
        (("out.html", "--steps", "2"), "--steps goes with --neighbourhood"),
        (("out.html", "--stage", "moon"), "'moon' is not one of"),
        (("out.html", "--top", "0"), "0 is not in the range"),
    ],
)
def test_view_refuses_what_makes_no_sense(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    result = invoke("view", *words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_unknown_focus_fails_with_a_message_and_leaves_no_file(tmp_path):
    out = tmp_path / "out.html"
    result = invoke("view", out, "--focus", "Nobody and Sons")
    assert result.exit_code == 1
    assert "unknown" in result.stderr
    assert not out.exists()


def test_folder_that_is_not_there_is_a_clear_error(tmp_path):
    result = invoke("view", tmp_path / "no" / "out.html")
    assert result.exit_code == 1
    assert "no such folder" in result.stderr


@pytest.mark.slow
def test_reference_picture_opens_offline_and_explains_ford(tmp_path):
    out = tmp_path / "out.html"
    result = invoke("view", out, "--focus", "F", "--compare", "october-2025-truce")
    assert result.exit_code == 0, result.stderr
    with chromium() as browser, opened(browser, out) as page:
        text = page.inner_text("#why")
        assert "Ford Motor loses" in text
        assert "STRONGEST PATHS" in text.upper()
        page.click("label:has-text('difference')")
        page.settle()
        assert "better off under" in page.inner_text("#why")
        assert page.asked == []
        assert page.said == []
