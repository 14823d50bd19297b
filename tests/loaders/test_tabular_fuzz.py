"""Mapping files and tables that were tampered with: they load, or are refused; nothing falls over."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from chainshock.errors import ChainshockError
from chainshock.loaders.ingest import load
from tests.loaders.tabular_worlds import MAPS, small_store, write

TABLES = {
    "suppliers": "Who,What,Where,Share\nLindenau AG,MAG_S,Germany,0.6\nvarious,MAG_S,China,30 %\n",
    "bill-of-materials": "Product,Part,Amount,Unit\nDrive,ROTOR,1,unit\nRotor,MAG_S,1.2,kg\n",
    "facilities": "Plant,Where,Stage,Status,Makes,Output,Unit\nUlm,DEU,component,operating,MAG_S,3,t\n",
    "stocks": "What,Weeks\nMAG_S,7\nOX_DY,0\n",
}
BITS = st.sampled_from(
    [
        "",
        "\n",
        '"',
        "=",
        "[",
        "]",
        "{",
        "}",
        "0",
        "-1",
        "1e999",
        "inf",
        "[goods.new.X]\n",
        "\x00",
        "é",
        ",",
        "'",
    ]
) | st.text(max_size=3)


def tampered(text):
    """Texts that differ from one in a piece or two."""

    @st.composite
    def draw_text(draw):
        result = text
        for _ in range(draw(st.integers(1, 2))):
            start = draw(st.integers(0, len(result)))
            end = draw(st.integers(start, min(len(result), start + 12)))
            result = result[:start] + draw(BITS) + result[end:]
        return result

    return draw_text()


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(list(MAPS)))
def test_tampered_files_load_or_are_refused(tmp_path_factory, data, kind):
    path, mapping = write(tmp_path_factory.mktemp("any"), kind, "", "")
    path.write_bytes(data.draw(tampered(TABLES[kind])).encode("utf-8", "surrogatepass"))
    mapping.write_bytes(data.draw(tampered(MAPS[kind])).encode("utf-8", "surrogatepass"))
    with contextlib.suppress(ChainshockError):
        load("tabular", [path], small_store(), origin="mine", mapping=mapping)
