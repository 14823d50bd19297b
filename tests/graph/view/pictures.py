"""Small pictures, large ones, and one whose every text is hostile."""

from __future__ import annotations

import random

from chainshock.graph.view.picture import Block, Link, Picture

IMAGE = '<img src=x onerror="window.PWN=1">'
SCRIPT = "</script><script>window.PWN=2</script><!-- \u2028 ]]> href=javascript:window.PWN=3"
STAGES = ("Mine", "Concentrate", "Separation", "Metal and alloy", "Magnet", "Component", "End use", "Company")
WEEKS = 26


def picture(blocks, links, scenarios=None, **more):
    told = scenarios or (scenario(blocks),)
    page = {"facts": {}, "sources": {}, "notes": ["A note."], **more.pop("page", {})}
    return Picture(
        title=more.pop("title", "A title"),
        lead=more.pop("lead", "A lead."),
        stages=STAGES,
        bands=more.pop("bands", ("China", "Elsewhere")),
        blocks=tuple(blocks),
        links=tuple(links),
        scenarios=told,
        page=page,
        **more,
    )


def scenario(blocks, exposures=None, name="one-scenario", **more):
    exposures = exposures or {}
    values = {}
    for block in blocks:
        share = exposures.get(block.id, 0.0)
        values[block.id] = {"exposure": share}
        if share:
            weeks = [round(1000 * share * week / 12.5) for week in range(WEEKS)]
            stock = [max(0, 1000 - 100 * week) for week in range(WEEKS + 1)]
            values[block.id] |= {"weeks": weeks, "stock": stock, "cover": 8.0, "usd": 1e9 * share, "first": 4}
    rows = [
        {
            "id": block.id.removeprefix("company:"),
            "name": block.label,
            "exposure": exposures.get(block.id, 0.0),
            "usd": 1e9 * exposures.get(block.id, 0.0),
            "first": 4,
            "confidence": "BC"[place % 2],
            "basis": "segment",
            "reason": "a reason",
            "unknown": 0.1,
            "parts": {"input": exposures.get(block.id, 0.0)},
            "bounds": [-0.2, -0.1],
        }
        for place, block in enumerate(blocks)
        if block.id.startswith("company:")
    ]
    return {
        "name": name,
        "title": "One scenario",
        "lead": "A lead.",
        "as_of": "2025-11-08",
        "horizon": WEEKS,
        "rationing": "proportional",
        "substitution": "capacity",
        "stop": "26 weeks",
        "version": "0",
        "edition": "2026-01-01",
        "coverage": 0.5,
        "facts": "known",
        "warnings": [],
        "measures": {"M1": {"title": "A measure", "effective": "2025-11-08"}},
        "shares": {"companies": "the company's whole revenue", "countries": "value"},
        "blocks": values,
        "tables": {"companies": sorted(rows, key=lambda row: row["exposure"]), "countries": []},
        "stories": {},
        **more,
    }


def chain():
    """Give a chain of one mine, two magnet makers, a group of uses and two companies."""
    blocks = [
        Block("mine:a", "A mine", "mine", 0, 0, weight=5.0, place="China", more={"country": "CHN"}),
        Block("good:m:CHN", "Magnet", "country", 4, 0, weight=9.0, more={"good": "m", "country": "CHN"}),
        Block("good:m:JPN", "Magnet", "country", 4, 1, weight=4.0, place="Japan", more={"country": "JPN"}),
        Block("uses:car:1", "Cars", "use", 6, 1, weight=8.0),
        Block(
            "use:car:USA", "Cars", "use", 6, 1, "uses:car:1", "United States", 6.0, more={"country": "USA"}
        ),
        Block("use:car:DEU", "Cars", "use", 6, 1, "uses:car:1", "Germany", 2.0, more={"country": "DEU"}),
        *(
            Block(
                f"company:{key}",
                name,
                "company",
                7,
                1,
                weight=weight,
                place=place,
                more={"country": iso, "entity": ["companies", key], "names": [key, ticker]},
            )
            for key, name, weight, place, iso, ticker in (
                ("ford", "Ford Motor", 5.0, "United States", "USA", "F"),
                ("vw", "Volkswagen", 3.0, "Germany", "DEU", "VOW3"),
            )
        ),
    ]
    cut = {"through": [[40] * 20 + [100] * 6], "measures": [{"M1": 0.46}], "evidence": "bilateral trade"}
    free = {"through": [None], "measures": [{}], "evidence": "assumption"}
    links = [
        Link("mine:a", "good:m:CHN", 1.0, more=free),
        Link("good:m:CHN", "use:car:USA", 0.7, 70.0, more=cut),
        Link("good:m:CHN", "use:car:DEU", 0.6, 30.0, more=cut),
        Link("good:m:JPN", "use:car:USA", 0.3, 30.0, is_weak=True, more=free),
        Link("use:car:USA", "company:ford", 1.0, kind="owner", more={"evidence": ""}),
        Link("use:car:DEU", "company:vw", 1.0, kind="owner", more={"evidence": ""}),
    ]
    return blocks, links


EXPOSURES = {
    "company:ford": -0.2,
    "company:vw": -0.04,
    "use:car:USA": -0.3,
    "use:car:DEU": -0.1,
    "uses:car:1": -0.25,
    "good:m:JPN": 0.4,
    "good:m:CHN": -0.02,
}


def small(**more):
    """Give a picture of two scenarios; under the second all is half as bad."""
    blocks, links = chain()
    half = {key: share / 2 for key, share in EXPOSURES.items()}
    first = scenario(blocks, EXPOSURES, "same-controls", title="The controls", stories=_stories())
    second = scenario(blocks, half, "same-truce", title="The truce")
    for link in links:
        if link.kind == "supply":
            link.more["through"].append(None)
            link.more["measures"].append({})
    facts = {
        "f1": {"text": "A fact", "as_of": "2024-12-31", "confidence": "A", "sources": ["s1", "s2", "s3"]},
    }
    sources = {
        "s1": {"title": "A source", "url": "https://example.org/a"},
        "s2": {"title": "No address", "url": "javascript:window.PWN=1"},
        "s3": {"title": "Not a web address", "url": "see page 3"},
    }
    return picture(blocks, links, (first, second), page={"facts": facts, "sources": sources}, **more)


def _stories():
    path = {
        "part": "input",
        "exposure": -0.15,
        "route": "CHN -> Magnet -> Ford Motor",
        "blocks": [["good:m:CHN"], ["use:car:USA"], ["company:ford"]],
        "facts": ["f1"],
        "cut_week": 2,
        "first_week": 4,
        "transit_weeks": 0,
        "stock_weeks": 2,
    }
    story = {"paths": [path], "others": {"input": -0.05}, "stopped": [], "softened": []}
    return {"companies/ford": story}


def hostile():
    """Give a picture in which every text from data tries to get out."""
    evil = IMAGE + SCRIPT
    blocks, links = chain()
    blocks = [
        Block(
            id=block.id + evil,
            label=block.label + evil,
            kind=block.kind,
            stage=block.stage,
            band=block.band,
            parent=block.parent and block.parent + evil,
            place=evil,
            weight=block.weight,
            more={
                key: [*map(str, value), evil] if key == "names" else value
                for key, value in block.more.items()
            }
            | {"country": evil, "good": evil},
        )
        for block in blocks
    ]
    for block in blocks:
        if block.id.startswith("company:"):
            block.more["entity"] = ["companies", block.id.removeprefix("company:")]
    links = [
        Link(
            link.source + evil,
            link.target + evil,
            link.share,
            link.quantity,
            link.kind,
            evil,
            link.is_weak,
            {
                **link.more,
                "evidence": evil,
                "facts": [evil],
                **({"measures": [{evil: 0.4}]} if link.kind == "supply" else {}),
            },
        )
        for link in links
    ]
    exposures = {key + evil: share for key, share in EXPOSURES.items()}
    told = scenario(
        blocks,
        exposures,
        evil,
        title=evil,
        lead=evil,
        as_of=evil,
        version=evil,
        edition=evil,
        rationing=evil,
        substitution=evil,
        stop=evil,
        warnings=[evil],
        measures={evil: {"title": evil, "effective": evil}},
        shares={"companies": evil, "countries": evil},
    )
    for row in told["tables"]["companies"]:
        row |= {"reason": evil, "basis": evil, "confidence": "C"}
    key = "companies/ford" + evil
    told["stories"] = {
        key: {
            "paths": [
                {
                    "part": "input",
                    "exposure": -0.1,
                    "route": evil,
                    "blocks": [[block.id] for block in blocks if not block.parent][-2:],
                    "facts": [evil],
                }
            ],
            "others": {},
            "stopped": [],
            "softened": [{"kind": "stock", "good": evil, "exposure": 0.1}],
        }
    }
    page = {
        "facts": {evil: {"text": evil, "as_of": evil, "confidence": evil, "sources": [evil]}},
        "sources": {evil: {"title": evil, "url": f"javascript:alert(1){evil}", "published": evil}},
        "notes": [evil],
    }
    return picture(blocks, links, (told,), title=evil, lead=evil, bands=(evil, evil), page=page)


def large(leaves, links_each=3, seed=1):
    """Give a picture of so many leaves in families, each with some suppliers in the column before it."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    blocks, columns, exposures = [], {stage: [] for stage in range(8)}, {}
    for place in range(leaves):
        stage, band = place % 8, 1 if draw.random() < 0.75 else 0
        family = f"goods:{stage}:{band}:{draw.randrange(max(4, leaves // 320))}"
        leaf = f"{'company' if stage == 7 else 'good'}:{place}"
        columns[stage].append(leaf)
        weight = draw.paretovariate(1.2)
        more = {"country": f"C{draw.randrange(60)}", "good": f"g{stage}", "plural": "makers"}
        if stage == 7:
            more["entity"] = ["companies", str(place)]
        kind = "company" if stage == 7 else "use" if stage == 6 else "mine" if stage == 0 else "country"
        blocks.append(
            Block(
                leaf,
                f"Maker number {place}",
                kind,
                stage,
                band,
                family,
                f"Place {place % 60}",
                weight,
                1.0,
                more,
            )
        )
        exposures[leaf] = draw.uniform(-0.5, 0.3) if draw.random() < 0.6 else 0.0
    families = {}
    for block in blocks:
        here = families.setdefault(
            block.parent, Block(block.parent, f"Good {block.parent}", block.kind, block.stage, block.band)
        )
        families[block.parent] = Block(
            here.id, here.label, here.kind, here.stage, here.band, "", "", here.weight + block.weight
        )
        exposures[block.parent] = -0.1
    links = []
    series = [[round(100 * draw.random())] * WEEKS for _ in range(20)]
    for stage in range(1, 8):
        for target in columns[stage]:
            for source in draw.sample(columns[stage - 1], min(links_each, len(columns[stage - 1]))):
                through = draw.choice([None, None, *series])
                links.append(
                    Link(
                        source,
                        target,
                        1 / links_each,
                        draw.random() + 0.1,
                        "owner" if stage == 7 else "supply",
                        f"g{stage - 1}",
                        draw.random() < 0.4,
                        {
                            "through": [through],
                            "measures": [{"M1": 0.3} if through else {}],
                            "evidence": "trade",
                        },
                    )
                )
    from chainshock.graph.view.fold import with_rests

    folded = with_rests([*families.values(), *blocks])
    for block in folded:
        exposures.setdefault(block.id, -0.05)
    return picture(folded, links, (scenario(folded, exposures),))
