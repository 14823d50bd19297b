"""Print what April 2025 gives at two lists of parameters, with 5 to 95 % ranges, beside what is aimed at.

The first list has the defaults of a first trial of this chain (`trial_defaults.csv`; the rest as shipped),
the second is the shipped one. No parameter is fitted here.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import chainshock
from chainshock.api import Dataset
from chainshock.graph.parameters import Parameter, Parameters, read_parameters
from chainshock.queries.severity import read_shapes
from chainshock.queries.uncertainty.draws import all_doubt
from chainshock.queries.week_assumptions import DEFAULT_SLICES
from chainshock.sampling import Sampling, run_samples
from chainshock.shock import Shock

TRIAL = Path(__file__).parent / "trial_defaults.csv"
CARS = ("ice_vehicle_small_motors", "ev_traction_motor", "hybrid_traction_motor")
COUNTRIES = ("IND", "JPN", "KOR", "DEU", "USA", "MEX", "BRA", "ESP", "CZE", "THA")
USES = ("wind_turbine_pm", "industrial_servo_robotics", "air_conditioner_compressor", "hard_disk_drive")
USES += ("smartphone", "consumer_audio", "e_two_wheeler", "elevator", "defence_aircraft", "defence_missile")
PRICED = {"OX_DY": "dysprosium oxide", "OX_TB": "terbium oxide", "OX_Y": "yttrium oxide"}
PRICED |= {"OX_NDPR": "NdPr oxide", "MAG_NDFEB_S": "NdFeB magnet with Dy/Tb"}
ROWS = ("outside China", "China", *COUNTRIES)
IMPACT = 0.99
NEVER = np.inf


@dataclass(frozen=True)
class Figures:
    """Of cars by country and of end uses outside China: output lost, first week below 99 %, first stop.

    Then of each priced good the highest price outside, in Germany, and the mean price in China.
    """

    def __call__(self, shocks: Sequence[Shock]) -> np.ndarray:
        """Give the figures, one after another."""
        (shock,) = shocks
        network, weeks = shock.network, shock.weeks
        good = np.array(network.goods)[network.good]
        country = np.array(network.countries)[network.country]
        made = (network.kind == 0) & ~network.is_project
        cars, abroad = made & np.isin(good, CARS), country != "CHN"
        groups = [cars & abroad, cars & ~abroad, *(cars & (country == c) for c in COUNTRIES)]
        groups += [made & (good == use) & abroad for use in USES]
        found = [value for nodes in groups for value in _of_group(shock, nodes)]
        outside, inside = network.countries.index("DEU"), network.countries.index("CHN")
        for name in PRICED:
            prices = weeks.price_by_week[network.goods.index(name)]
            found += [prices[outside].max(), prices[inside].mean()]
        return np.array(found)


def _of_group(shock: Shock, nodes: np.ndarray) -> tuple[float, float, float]:
    weight = np.nan_to_num(shock.network.value[nodes])
    weight = weight if weight.sum() > 0 else np.ones(len(weight))
    output = weight @ shock.weeks.x_by_week[nodes] / weight.sum()
    below = np.flatnonzero(output < IMPACT)
    stops = shock.weeks.first_stop[nodes]
    stops = stops[stops >= 0]
    return (
        1.0 - float(output.mean()),
        float(below[0]) if below.size else NEVER,
        float(stops.min()) if stops.size else NEVER,
    )


def trial_parameters() -> tuple[Parameters, list[str]]:
    """Give the shipped parameters with the trial's in their place, and what differs."""
    shipped, shapes = dict(read_parameters()), read_shapes().numbers
    differences: dict[str, list[str]] = {}
    for row in csv.DictReader(TRIAL.read_text("utf-8").splitlines()):
        default, low, high = (float(row[column]) for column in ("default", "low", "high"))
        name = row["instead_of"] or row["name"]
        old = shapes[name] if name in shapes else read_parameters()[name]
        if (old.default, old.low, old.high) != (default, low, high):
            change = (
                f"{default:g} ({low:g} to {high:g}), shipped {old.default:g} ({old.low:g} to {old.high:g})"
            )
            differences.setdefault(f"trial {change} as {name}", []).append(row["name"])
        if row["name"] not in shapes:
            entry = Parameter(row["name"], row["scope"], default, low, high, "", "trial", "trial", "C")
            shipped[row["name"]] = entry
    return Parameters(shipped), [f"{', '.join(names)}: {text}" for text, names in differences.items()]


def report(title: str, parameters: Parameters, facts: Sequence, sampling: Sampling) -> None:
    """Run `april-2025` over 26 weeks and print it."""
    shock = Dataset(facts, parameters).shock("april-2025", horizon=26)
    start = time.perf_counter()
    central = Figures()([shock])
    drawn = run_samples([shock], Figures(), sampling, all_doubt(parameters))
    low, high = np.quantile(drawn, (0.05, 0.95), axis=0, method="inverted_cdf")
    took = time.perf_counter() - start
    print(f"\n{title}\n{sampling.samples} samples, seed {sampling.seed}, {sampling.slices} archetypes each")
    print(f"{'':28}{'output lost':>24}{'first week below 99 %':>24}{'first stop':>24}")
    for i, row in enumerate((*ROWS, *USES)):
        head = f"cars, {row}" if row in ROWS else f"{row}"
        cells = [_share, _week, _week]
        texts = [cell(*(x[3 * i + j] for x in (central, low, high))) for j, cell in enumerate(cells)]
        print(f"{head:28}{texts[0]:>24}{texts[1]:>24}{texts[2]:>24}")
    print(f"{'':28}{'highest price outside':>24}{'mean price inside':>24}")
    for i, name in enumerate(PRICED.values()):
        k = 3 * (len(ROWS) + len(USES)) + 2 * i
        texts = [_ratio(*(x[k + j] for x in (central, low, high))) for j in range(2)]
        print(f"{name:28}{texts[0]:>24}{texts[1]:>24}")
    print("aim")
    for aim, met in _aims(central).items():
        share = np.mean([_aims(row)[aim] for row in drawn])
        print(f"  {aim:64} {'met' if met else 'missed':8} in {share:.0%} of samples")
    print(f"took {took:.0f} s")


def _aims(figures: np.ndarray) -> dict[str, bool]:
    """Say which aims of the calibration the figures meet."""
    place = {row: 3 * i for i, row in enumerate(ROWS)}
    week = {row: figures[k + 1] for row, k in place.items()}
    dysprosium = figures[3 * (len(ROWS) + len(USES))]
    return {
        "car output lost outside China below 2 %": bool(figures[0] < 0.02),
        "first archetype stops in week 5 to 10": bool(5 <= figures[2] <= 10),
        "India below 99 % before Japan and Korea": bool(week["IND"] < min(week["JPN"], week["KOR"])),
        "Chinese makers untouched (under 0.1 % lost)": bool(figures[place["China"]] < 0.001),
        "dysprosium 2 to 4 times dearer outside": bool(2 <= dysprosium <= 4),
    }


def _share(central: float, low: float, high: float) -> str:
    words = [f"{100 * max(value, 0.0):.1f}" for value in (central, low, high)]  # less than none is rounding
    return f"{words[0]} % ({words[1]} to {words[2]})"


def _week(central: float, low: float, high: float) -> str:
    words = ["never" if value == NEVER else f"{value:.0f}" for value in (central, low, high)]
    return f"{words[0]} ({words[1]} to {words[2]})"


def _ratio(central: float, low: float, high: float) -> str:
    return f"{central:.2f}x ({low:.2f} to {high:.2f})"


def main() -> None:
    """Print both columns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    sampling = Sampling(given.samples, given.seed, given.jobs, DEFAULT_SLICES)
    facts = chainshock.reference().facts
    trial, differences = trial_parameters()
    print("parameters that the trial and the shipped list hold differently:")
    for line in differences:
        print(f"  {line}")
    fitted = [name for name, entry in read_parameters().items() if "fitted" in entry.basis]
    print(f"fitted on April 2025 by their own basis: {', '.join(fitted)}")
    report("At the trial's defaults", trial, facts, sampling)
    report("At the shipped defaults", read_parameters(), facts, sampling)


if __name__ == "__main__":
    main()
