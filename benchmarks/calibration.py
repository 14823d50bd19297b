"""Print what the shipped parameters give for April 2025, beside what is aimed at."""

from __future__ import annotations

import numpy as np

import chainshock

CARS = ("ice_vehicle_small_motors", "ev_traction_motor", "hybrid_traction_motor")


def main() -> None:
    """Run `april-2025` over 26 weeks and print the figures that the calibration is judged by."""
    shock = chainshock.reference().shock("april-2025", horizon=26)
    network, weeks = shock.network, shock.weeks
    value = np.nan_to_num(network.value)
    good = np.array([network.goods[g] in CARS for g in network.good])
    country = np.array([network.countries[c] for c in network.country])
    outside, inside = good & (country != "CHN"), good & (country == "CHN")

    def lost(nodes: np.ndarray) -> float:
        return float(1 - value[nodes] @ weeks.x[nodes] / value[nodes].sum())

    stops = weeks.first_stop[outside]
    print(f"car output lost outside China, 26 weeks   {lost(outside):8.2%}   aim below 2 %")
    print(f"car output lost in China                  {lost(inside):8.2%}   aim 0")
    print(f"first firm archetype stops in week        {stops[stops >= 0].min():8d}   aim 5 to 10")
    for iso3 in ("IND", "JPN", "KOR", "DEU", "USA"):
        nodes = good & (country == iso3)
        output = value[nodes] @ weeks.x_by_week[nodes] / value[nodes].sum()
        below = np.flatnonzero(output < 0.99)
        week = str(below[0]) if below.size else "none"
        print(f"first week below 99 %, {iso3}                {week:>8}   aim IND before JPN and KOR")
    dysprosium = weeks.price_by_week[network.goods.index("OX_DY"), network.countries.index("DEU")]
    print(f"dysprosium outside China, highest         {dysprosium.max():7.2f}x   aim 2 to 4 x")


if __name__ == "__main__":
    main()
