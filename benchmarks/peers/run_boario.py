"""Time BoARIO on the table: 26 weekly steps, the industries of one region lose half their output.

Runs in its own environment (`make bench-peers`); BoARIO and pymrio are under the GPL and are no dependency.
"""

from __future__ import annotations

import logging
import sys
import time
import warnings

import pandas as pd
import pymrio
from boario.event import from_series
from boario.extended_models import ARIOPsiModel
from boario.simulation import Simulation
from table import COVER, LOST, WEEKS, make_table


def main(regions: int, sectors: int) -> None:
    """Print seconds of the loop and the share of output lost."""
    flows, final = make_table(regions, sectors)
    places = [f"r{i:03d}" for i in range(regions)]
    industries = pd.MultiIndex.from_product(
        [places, [f"s{i:03d}" for i in range(sectors)]], names=["region", "sector"]
    )
    demand = pd.MultiIndex.from_product([places, ["final"]], names=["region", "category"])
    table = pymrio.IOSystem(
        Z=pd.DataFrame(flows, index=industries, columns=industries),
        Y=pd.DataFrame(final, index=industries, columns=demand),
    )
    table.calc_all()
    model = ARIOPsiModel(
        table,
        iotable_year_to_temporal_unit_factor=52,
        main_inv_dur=int(COVER),
        inventory_restoration_tau=4,
        alpha_tau=52,
        rebuild_tau=8,
    )
    simulation = Simulation(model, n_temporal_units_to_sim=WEEKS)
    hit = pd.Series(LOST, index=industries[:sectors])
    simulation.add_event(
        from_series(hit, event_type="arbitrary", occurrence=1, duration=WEEKS - 1, recovery_tau=4)
    )
    start = time.perf_counter()
    simulation.loop()
    seconds = time.perf_counter() - start
    made = simulation.production_realised
    lost = 1.0 - made.to_numpy().sum() / (len(made) * made.iloc[0].sum())
    print(f"{seconds} {lost}")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    main(int(sys.argv[1]), int(sys.argv[2]))
