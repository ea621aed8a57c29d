"""Polku: learner profiles, audited models and explained next steps for schools."""

from importlib.metadata import version

__version__ = version("polku")
