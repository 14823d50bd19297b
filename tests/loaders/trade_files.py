"""Small files of trade statistics in the documented shapes; all rows are invented."""

from __future__ import annotations

import json

COMTRADE_HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,"
    "flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,classificationCode,"
    "classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,isLeaf,customsCode,"
    "customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,isQtyEstimated,altQtyUnitCode,"
    "altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,"
    "fobvalue,primaryValue,legacyEstimationFlag,isReported,isAggregate"
)
COMTRADE_FIELDS = COMTRADE_HEADER.split(",")
COMTRADE_EXPORT = dict.fromkeys(COMTRADE_FIELDS) | {
    "period": "2024",
    "reporterCode": 156,
    "reporterISO": "CHN",
    "reporterDesc": "China",
    "flowCode": "X",
    "partnerCode": 392,
    "partnerISO": "JPN",
    "partnerDesc": "Japan",
    "partner2Code": 0,
    "classificationCode": "H6",
    "cmdCode": "850511",
    "cmdDesc": "Magnets; permanent, of metal",
    "customsCode": "C00",
    "motCode": 0,
    "qtyUnitCode": 8,
    "qty": 2000,
    "isQtyEstimated": False,
    "netWgt": 1500,
    "isNetWgtEstimated": False,
    "fobvalue": 12345.0,
    "primaryValue": 12345.0,
}
BACI_COUNTRIES = (
    "country_code,country_name,country_iso2,country_iso3\n"
    "4,Afghanistan,AF,AFG\n"
    "156,China,CN,CHN\n"
    "392,Japan,JP,JPN\n"
    '490,"Other Asia, nes",,S19\n'
    '697,"Europe EFTA, nes",,R20\n'
    "842,USA,US,USA\n"
    "998,Newland,NX,NXX\n"
)
COMEXT_HEADER = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,PRODUCT_BEC5,"
    "PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,QUANTITY_KG,QUANTITY_SUPPL_UNIT"
)


def comext_row(
    reporter="DE", partner="CN", code="85051110", flow=1, procedure=1, period=202402, eur=5000, kg=100
):
    """Write one row of Comext's current layout."""
    return f"{reporter},{partner},E,{code},0,0,0,0,0,16,{flow},{procedure},NO_SU,{period},{eur},{eur},{kg},0"


def write_comtrade_json(folder, *records, **wrapping):
    """Write a result of the UN Comtrade API."""
    result = {"elapsedTime": "0 secs", "count": len(records), "data": list(records), "error": "", **wrapping}
    path = folder / "result.json"
    path.write_text(json.dumps(result), encoding="utf-8")
    return path


def write_comtrade_csv(folder, *records, encoding="utf-8", end=""):
    """Write a download of UN Comtrade; `end` is put behind each row."""
    cells = [["" if r[f] is None else f'"{r[f]}"' for f in COMTRADE_FIELDS] for r in records]
    path = folder / "TradeData.csv"
    lines = [COMTRADE_HEADER, *(",".join(row) + end for row in cells), ""]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def baci_example(folder):
    """A year and its country table."""
    year = folder / "BACI_HS17_Y2024_V202601.csv"
    year.write_text(
        "t,i,j,k,v,q\n2024,156,392,850511,111.111,1.5\n2024,156,490,850511,22.2,\n2024,4,392,010121,3.3,0.25\n"
    )
    table = folder / "country_codes_V202601.csv"
    table.write_text(BACI_COUNTRIES)
    return [str(year), str(table)]


def comtrade_example(folder):
    """A download and a result of the API."""
    imported = COMTRADE_EXPORT | {"flowCode": "M", "cifvalue": 13000.0, "fobvalue": None}
    paths = [write_comtrade_csv(folder, COMTRADE_EXPORT), write_comtrade_json(folder, imported)]
    return [*map(str, paths), "--published", "2025-06-30"]


def comext_example(folder):
    """A month of two trades and a masked one."""
    path = folder / "full_v2_202402.dat"
    rows = [comext_row(), comext_row(procedure=2, eur=300), comext_row(flow=2), comext_row(code="99RRR100")]
    path.write_text("\n".join([COMEXT_HEADER, *rows, ""]))
    return [str(path), "--published", "2025-06-30"]
