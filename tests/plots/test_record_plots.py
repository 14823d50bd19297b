"""Drawings of the record, the fit, prices and weeks: what they show, and the same bytes on every run."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

import chainshock
from chainshock.errors import QueryError
from chainshock.plots.fit import draw_fit
from chainshock.plots.prices import draw_prices
from chainshock.plots.signals import MOST_PANELS, draw_signals
from chainshock.plots.weeks import draw_weeks
from chainshock.queries.signals.table import choose, select_signals
from chainshock.weekly import WeeklyLoss, entity_losses, weekly_losses
from tests.cli.worlds import invoke

PNG = b"\x89PNG\r\n\x1a\n"
HOSTILE = "<script>alert(1)</script> $x_1$ \x1b[31m\n"


@pytest.fixture(scope="module")
def dataset():
    return chainshock.reference()


@pytest.fixture(scope="module")
def shock(dataset):
    return dataset.shock("april-2025")


@pytest.fixture(scope="module")
def exports(dataset):
    table = dataset.signals(["exports"])
    return select_signals(table, choose(table.series, good="85051110", country="IND", first=date(2025, 1, 1)))


@pytest.fixture(scope="module")
def fitted(dataset):
    return dataset.fit_licence()


@pytest.fixture(scope="module")
def prices(shock):
    return shock.prices("OX_DY")


@pytest.fixture(scope="module")
def losses(shock):
    return weekly_losses(shock, shock.rank("end-uses", extras=()).select(top=3))


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg.decode())


def test_series_show_each_figure_and_both_of_two_sources_that_differ(exports):
    shown = texts(draw_signals(exports, "svg"))
    assert {"150", "172", "174", "418"} <= set(shown)
    assert "t a month" in shown
    assert any("another source" in text for text in shown)


def test_gap_breaks_the_line_and_is_told(dataset):
    table = dataset.signals(["exports"])
    japan = choose(table.series, good="85051110", country="JPN", first=date(2025, 1, 1))
    svg = draw_signals(select_signals(table, japan), "svg").decode()
    assert any("2025-08, 2025-10" in text for text in texts(svg.encode()))
    joined = re.findall(r'<path d="M [\d.]+ [\d.]+ \nL [\d.]+ [\d.]+ \n" clip', svg)
    grid = svg.count("ytick_")
    assert len(joined) - grid <= 1  # November to December alone


def test_one_point_is_drawn_and_none_is_refused(dataset):
    table = dataset.signals(["exports"])
    (korea,) = choose(table.series, good="85051110", country="KOR", first=date(2025, 1, 1))
    assert "854" in texts(draw_signals(select_signals(table, [korea]), "svg"))
    with pytest.raises(QueryError, match="found no figure"):
        draw_signals(select_signals(table, [replace(korea, points=())]), "svg")
    with pytest.raises(QueryError, match=f"at most {MOST_PANELS}"):
        draw_signals(dataset.signals(["prices"]), "svg")


def test_fit_shows_recorded_months_and_rates(fitted):
    shown = texts(draw_fit(fitted, "svg"))
    for row in fitted.part("month"):
        assert f"{row.recorded:.2f}" in shown
    assert any("below 25 %, EUU, 140 tracked" in text for text in shown)
    assert any("4,842 t a month" in text for text in shown)


def test_heights_of_the_bars_are_the_recorded_shares(fitted, monkeypatch):
    from matplotlib.axes import Axes

    drawn = []
    bar = Axes.bar
    monkeypatch.setattr(
        Axes, "bar", lambda self, x, height, *a, **k: (drawn.append(height), bar(self, x, height, *a, **k))[1]
    )
    draw_fit(fitted, "svg")
    assert drawn == [row.recorded for row in (*fitted.part("month"), *fitted.part("later"))]


def test_prices_show_the_record_in_its_unit_and_the_peak_of_the_model(prices):
    shown = texts(draw_prices(prices, "svg"))
    peak = max(row.value for row in prices.of("model", "outside"))
    assert f"outside {peak:.2f} at most" in shown
    assert "700 to 1,000, Europe" in shown
    assert "recorded, USD/kg" in shown
    assert "model, 1 = before" in shown


def test_prices_without_a_record_draw_the_model_alone(prices):
    alone = replace(prices, rows=tuple(prices.of("model")))
    shown = texts(draw_prices(alone, "svg"))
    assert any("no price on record" in text for text in shown)


def test_weeks_name_the_rows_with_their_mean(losses):
    shown = " ".join(texts(draw_weeks(losses, "svg")))
    for row in losses.rows:
        assert f"{100 * row.mean:.2f} % on average" in shown
    assert "output lost, % of baseline" in shown
    assert "week, counted from 2025-04-04" in shown


def test_weeks_without_a_loss_are_refused(losses):
    with pytest.raises(QueryError, match="found no output lost"):
        draw_weeks(replace(losses, rows=()), "png")


def test_one_week_is_drawn_without_a_warning(losses):
    row = WeeklyLoss("x", "X", 1, (0.1,))
    assert draw_weeks(replace(losses, rows=(row,)), "png").startswith(PNG)


def test_stocks_of_one_good_share_a_panel_with_their_holders(dataset):
    table = dataset.signals(["stocks"])
    magnets = choose(table.series, good="MAG_NDFEB")
    shown = texts(draw_signals(select_signals(table, magnets), "svg"))
    assert shown.count("weeks of cover") == 1
    assert "52 or more (kia)" in shown
    assert "0 to 1 (tvs-motor)" in shown


def test_lines_are_the_losses_of_the_rows(losses, monkeypatch):
    from matplotlib.axes import Axes

    drawn = []
    plot = Axes.plot
    monkeypatch.setattr(
        Axes, "plot", lambda self, x, y, *a, **k: (drawn.append(list(y)), plot(self, x, y, *a, **k))[1]
    )
    draw_weeks(losses, "svg")
    assert drawn == [[100 * share for share in row.by_week] for row in losses.rows]


def test_hostile_names_are_drawn_as_text(losses, prices, exports):
    row = WeeklyLoss("x", HOSTILE, 1, (0.1, 0.2))
    (series,) = exports.series
    pictures = [
        draw_weeks(replace(losses, rows=(row,), title=HOSTILE), "svg"),
        draw_prices(replace(prices, name=HOSTILE), "svg"),
        draw_signals(select_signals(exports, [replace(series, name=HOSTILE)]), "svg"),
    ]
    for svg in pictures:
        assert b"<script>" not in svg
        assert b"\x1b" not in svg
        assert b"&lt;script&gt;" in svg


def test_same_tables_give_the_same_bytes(exports, fitted, prices, losses):
    for draw, table in (
        (draw_signals, exports),
        (draw_fit, fitted),
        (draw_prices, prices),
        (draw_weeks, losses),
    ):
        for form in ("svg", "png"):
            assert draw(table, form) == draw(table, form)


def test_labels_cover_neither_each_other_nor_the_points(fitted, monkeypatch):
    from chainshock.plots import labels

    boxes = []
    settle = labels.Labels.settle

    def watched(self, made):
        settle(self, made)
        boxes.extend(labels._box(note) for _, note in self._texts)

    monkeypatch.setattr(labels.Labels, "settle", watched)
    draw_fit(fitted, "png")
    assert len(boxes) == len(fitted.part("approval"))
    assert not any(labels._meet(a, b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize(
    "words",
    [
        ("scenario", "signals", "licences", "--country", "EUU"),
        ("scenario", "prices", "OX_TB", "--scenario", "april-2025", "--horizon", "6w"),
        ("rank", "end-uses", "--scenario", "april-2025", "--top", "2", "--plot", "weeks"),
        ("explain", "DEU", "--scenario", "april-2025"),
    ],
)
def test_commands_draw_by_the_suffix_of_the_file(tmp_path, words):
    for suffix, start in (("png", PNG), ("svg", b"<?xml")):
        path = tmp_path / f"x.{suffix}"
        result = invoke(*words, "-o", path)
        assert result.exit_code == 0, result.stderr
        assert path.read_bytes().startswith(start)


def test_weeks_of_an_entity_are_those_of_its_row(shock):
    (row,) = [row for row in shock.rank("countries", extras=()).rows if row.id == "IND"]
    whole, *parts = entity_losses(shock, "IND").rows
    assert whole.mean == pytest.approx(row.timing.output_lost)
    assert [part.mean for part in parts] == sorted((part.mean for part in parts), reverse=True)


def test_weeks_of_a_ranking_have_the_output_lost_of_its_rows(shock):
    table = shock.rank("companies", extras=())
    lost = {row.id: row.timing.output_lost for row in table.rows}
    found = weekly_losses(shock, table)
    assert len(found.rows) + found.omitted == len(table.rows)
    assert all(row.mean == pytest.approx(lost[row.id]) for row in found.rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rank", "--plot", "weeks"), "found --plot weeks with table"),
        (("rank", "--plot", "weeks", "--static", "-o", "x.png"), "static has no weeks"),
        (("explain", "DEU", "--static", "-o", "x.png"), "it has no weeks"),
    ],
)
def test_weeks_that_cannot_be_drawn_are_wrong_usage(words, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke(*words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "x.png").exists()
