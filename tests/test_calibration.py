"""What the shipped parameters give for April 2025, and how the trial's differ from them."""

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

import chainshock
from chainshock.graph.parameters import read_parameters

PATH = Path(__file__).parents[1] / "benchmarks" / "calibration.py"


@pytest.fixture(scope="module")
def calibration():
    spec = importlib.util.spec_from_file_location("calibration", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def figures(calibration):
    return calibration.Figures()([chainshock.reference().shock("april-2025", horizon=26)])


def test_shipped_defaults_meet_the_aim(calibration, figures):
    assert [aim for aim, met in calibration._aims(figures).items() if not met] == []


def test_aims_can_be_missed(calibration, figures):
    assert not any(calibration._aims(np.full_like(figures, 30.0)).values())


def test_trial_differs_from_the_shipped_list_in_two_stocks_alone(calibration):
    _, differences = calibration.trial_parameters()
    assert [line.split(": ")[1] for line in differences] == [
        "trial 8 (4 to 26), shipped 12 (4 to 26) as cover.oxide",
        "trial 6 (3 to 8), shipped 5 (2 to 9) as cover.magnet",
    ]


def test_trial_names_nothing_that_the_shipped_list_does_not_know(calibration):
    rows = list(csv.DictReader(calibration.TRIAL.read_text("utf-8").splitlines()))
    own = [row["name"] for row in rows if row["instead_of"]]
    assert all(name.startswith(("cover.OX_NDPR", "cover.magnet.")) for name in own)
    assert not set(own) & set(read_parameters())
