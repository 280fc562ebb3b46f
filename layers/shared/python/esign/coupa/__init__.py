"""Coupa's wire contract: routes, models, mapping, errors, notifications. Nothing else in the connector knows it."""
