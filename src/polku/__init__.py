"""Polku: learner profiles, audited models and explained next steps for schools."""
