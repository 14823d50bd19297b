"""chainshock: a knowledge graph of supply-chain dependencies, and what an export control does to it."""

__version__ = "0.1.0"
