"""Drawings: what they show, the same bytes on every run, hostile names as text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

import chainshock
from chainshock.errors import QueryError
from chainshock.plots.bars import draw_bars
from chainshock.plots.timeline import draw_timeline
from tests.cli.worlds import invoke

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def table():
    return chainshock.reference().shock("october-2025-truce", horizon=None).rank("companies", extras=())


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())


def test_bars_name_the_rows_with_rank_and_figure_and_mark_projects(table):
    shown = texts(draw_bars(table.select(top=3), "svg"))
    for row in table.select(top=3).rows:
        label = f"{row.name} [project]" if row.basis == "project" else row.name
        assert f"{label}  {row.rank}" in shown
        assert f"{100 * row.exposure:+.2f}" in shown
    assert any("model exposure, not investment advice" in text for text in shown)


def test_same_table_gives_the_same_bytes_without_a_date(table):
    chosen = table.select(top=2)
    assert draw_bars(chosen, "svg") == draw_bars(chosen, "svg")
    assert draw_bars(chosen, "png") == draw_bars(chosen, "png")
    assert b"<dc:date>" not in draw_bars(chosen, "svg")


def test_hostile_names_are_drawn_as_text(table):
    row = replace(table.rows[0], name="<script>alert(1)</script> $x_1$ \x1b[31m\n")
    svg = draw_bars(replace(table, rows=(row,)), "svg").decode()
    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg
    assert "$x_1$" in svg
    assert "\x1b" not in svg


def test_intervals_are_drawn_where_samples_were_taken():
    sampled = (
        chainshock.reference()
        .shock("october-2025-truce", horizon=None)
        .rank(extras=(), samples=20)
        .select(top=1)
    )
    with_lines = draw_bars(sampled, "svg").decode()
    assert "5 to 95 % of samples" in with_lines
    assert "5 to 95 % of samples" not in draw_bars(replace(sampled, samples=None), "svg").decode()


def test_rows_that_cannot_be_drawn_are_refused(table):
    with pytest.raises(QueryError, match="found no rows"):
        draw_bars(replace(table, rows=()), "png")
    with pytest.raises(QueryError, match="ordered by survive"):
        draw_bars(replace(table, run={**table.run, "by": "survive"}), "png")


def test_timeline_draws_each_measure_and_the_day():
    dataset = chainshock.reference()
    drawn = dataset.timeline(as_of=date(2025, 11, 8), first=date(2025, 1, 1), last=date(2026, 12, 31))
    shown = " ".join(texts(draw_timeline(drawn, "svg")))
    assert all(life.id in shown for life in drawn.lives)
    assert "2025-11-08" in shown
    assert "suspended" in shown
    with pytest.raises(QueryError, match="found no measures"):
        draw_timeline(dataset.timeline(first=date(1980, 1, 1), last=date(1981, 1, 1)), "png")


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_commands_draw_by_the_suffix_of_the_file(tmp_path, suffix):
    for words in (
        ("rank", "companies", "--static", "--top", "3"),
        ("compare", "--static", "--top", "3", "--weights", "controls=.6,truce=.4"),
        ("scenario", "timeline", "--from", "2025-01-01"),
    ):
        path = tmp_path / f"x.{suffix}"
        result = invoke(*words, "-o", str(path))
        assert result.exit_code == 0, result.stderr
        assert path.read_bytes().startswith(PNG if suffix == "png" else b"<?xml")


def test_command_that_does_not_draw_says_what_it_writes(tmp_path):
    result = invoke("check", "-o", str(tmp_path / "x.png"))
    assert result.exit_code == 2
    assert "cannot draw" in result.stderr
    assert not (tmp_path / "x.png").exists()
