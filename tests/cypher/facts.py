"""The facts in force, read without Cypher: relationships by type, recipes, shares of output."""

from collections import defaultdict

from chainshock.graph.facts import NodeRef


class Facts:
    """Facts of all kinds that win at the edition's date."""

    def __init__(self, dataset, edition):
        self.dataset, self.edition = dataset, edition
        self.graph = dataset.graph(edition, "latest")
        self.by_type = defaultdict(list)
        for source, target, data in self.graph.edges(data=True):
            self.by_type[data["fact"].name].append((source, target, data["fact"].properties, data["fact"]))

    def rel(self, *names):
        """Relationships of types, as (source, target, properties)."""
        return [(s, t, p) for name in names for s, t, p, _ in self.by_type[name]]

    def node(self, label, key):
        """Properties of a node."""
        return self.graph.nodes[NodeRef(label, key)]["fact"].properties

    def name(self, ref):
        """Its usual name."""
        return self.node(*ref).get("name")

    def nodes(self, label):
        """Keys and properties of all nodes of a label."""
        return {
            ref.key: data["fact"].properties
            for ref, data in self.graph.nodes(data=True)
            if ref.label == label and "fact" in data
        }

    def is_listed(self, company):
        return self.node("Company", company).get("is_listed") is True

    def recipes(self, use):
        """All ways down the recipe of an end use: tuples of (node, properties of the relationship to it)."""
        inputs = defaultdict(list)
        for source, target, properties in self.rel("REQUIRES"):
            inputs[source].append((target, properties))

        def down(node, way):
            for target, properties in inputs[node]:
                further = (*way, (target, properties))
                yield further
                yield from down(target, further)

        return list(down(NodeRef("EndUse", use), ()))

    def reaches(self, serves, way):
        """Whether a company's segment needs what a way down the recipe leads to."""
        without_magnets = serves.get("magnet_use", "unknown") == "no"
        return not (without_magnets and (way[0][1].get("line") or "").startswith("main/"))

    def serves(self):
        """(company, end use): its properties, of any country, where there is revenue."""
        found = {}
        for company, use, properties in self.rel("SERVES"):
            if properties.get("revenue_share", 0) > 0:
                found.setdefault((company.key, use.key), []).append(properties)
        return found

    def ways_to(self, is_wanted, *, listed=True):
        """(company, end use, good, way, properties) of every way from a company down to a wanted good."""
        for (company, use), entries in self.serves().items():
            if listed and not self.is_listed(company):
                continue
            for way in self.recipes(use):
                good = way[-1][0].key
                if is_wanted(good) and any(self.reaches(entry, way) for entry in entries):
                    yield company, use, good, way, [e for e in entries if self.reaches(e, way)]

    def shares(self):
        """(country, good): (year, share) of the latest year with a share of the world's output."""
        found = {}
        for maker, good, p in self.rel("PRODUCES"):
            if (maker.label, good.label) != ("Country", "Commodity") or p.get("is_projection"):
                continue
            if "share" in p:
                key = (maker.key, good.key)
                found[key] = max(found.get(key, (0, 0.0)), (p["year"], p["share"]))
        return found

    def seat(self, ref):
        """Country of a plant or of a firm's head office, or None."""
        for source, country, _ in self.rel("LOCATED_IN", "HEADQUARTERED_IN"):
            if source == ref:
                return country.key
        return None


def uids(path):
    """Nodes of a path in an answer, as Label:key."""
    return tuple(node["properties"]["uid"] for node in path["nodes"])


def upward(company, use, way, first):
    """A path from something over a good up the recipe to a company, as Label:key."""
    return (first, *(str(node) for node, _ in reversed(way)), f"EndUse:{use}", f"Company:{company}")
