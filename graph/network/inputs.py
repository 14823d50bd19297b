"""Give activities their input groups: how much they need of what, how badly, with how much in stock."""

from __future__ import annotations

from chainshock.graph.facts import Fact
from chainshock.graph.network.builder import Group, NetworkBuilder, Node
from chainshock.graph.network.claims import Claims, number, text

__all__ = ["add_inputs", "tonnes_per"]


def add_inputs(builder: NetworkBuilder, claims: Claims, node: Node, inputs: tuple[Fact, ...]) -> None:
    """Add the input groups of a node; their suppliers come later, good by good.

    Prices, quantities and revenues come from different sources: costs that add up to more than the node's
    value are scaled to it.
    """
    wanted = [(fact, fact.target.key, _need(node, fact)) for fact in inputs if fact.target is not None]
    costs = [_cost(claims, node, good, need) for _, good, need in wanted]
    scale = min(1.0, 1.0 / total) if (total := sum(costs)) > 0 else 1.0
    for (fact, good, need), cost in zip(wanted, costs, strict=True):
        kappa, used = _kappa(claims, fact)
        builder.group(
            Group(
                node=node,
                good=good,
                kappa=kappa,
                cover=_cover(claims, good, node.country),
                need=need,
                cost_share=cost * scale,
                facts=(fact.id, *used),
            )
        )


def _kappa(claims: Claims, fact: Fact) -> tuple[float, tuple[str, ...]]:
    """Give the criticality of an input, and the parameter it rests on; where nothing is said, 1."""
    known, parameter = number(fact, "kappa"), text(fact, "kappa_parameter")
    if known is not None or not parameter:
        return 1.0 if known is None else known, ()
    return claims.parameters.value(parameter), (f"parameter:{parameter}",)


def _need(node: Node, fact: Fact) -> float:
    """Give a node's yearly need of an input, in tonnes."""
    return node.output * (number(fact, "amount") or 0.0) * tonnes_per(text(fact, "unit"))


def _cost(claims: Claims, node: Node, good: str, need: float) -> float:
    """Give an input's cost as a share of the node's value; 0 where either is not known."""
    price = claims.price(good)
    return 0.0 if price is None or not node.value > 0 else need * price / node.value


def _cover(claims: Claims, good: str, country: str) -> float:
    """Give the weeks of stock that buyers in a country hold of an input."""
    stage = text(claims.nodes["Commodity"][good], "stage")
    entry = claims.parameters.find(f"cover.{good}.{country}", f"cover.{stage}.{country}")
    return 0.0 if entry is None else entry.default


def tonnes_per(unit: str) -> float:
    """Give the factor from an amount's input unit to tonnes: `kg/unit` is 0.001."""
    return 0.001 if unit.startswith("kg/") else 1.0
