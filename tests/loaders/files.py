"""One small valid example of each source: what stands behind `chainshock load NAME`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.worlds import write_tables
from tests.loaders.register_files import (
    ftm_example,
    gleif_example,
    gleif_isin_example,
    gleif_relations_example,
    screening_example,
    sec_example,
)
from tests.loaders.statistics_files import eu_crm_example, iea_example, usgs_example, wgi_example
from tests.loaders.tabular_worlds import tabular_example
from tests.loaders.trade_files import baci_example, comext_example, comtrade_example


def tables_example(folder: Path) -> list[str]:
    return [str(write_tables(folder / "tables"))]


EXAMPLES: dict[str, Callable[[Path], list[str]]] = {  # writes files into a folder, gives the arguments
    "tables": tables_example,
    "sec": sec_example,
    "gleif": gleif_example,
    "gleif-isin": gleif_isin_example,
    "gleif-rr": gleif_relations_example,
    "screening-list": screening_example,
    "ftm": ftm_example,
    "usgs-mcs": usgs_example,
    "eu-crm": eu_crm_example,
    "iea": iea_example,
    "wgi": wgi_example,
    "baci": baci_example,
    "comtrade": comtrade_example,
    "comext": comext_example,
    "tabular": tabular_example,
}
