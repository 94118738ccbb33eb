"""Registries of models: what is registered there is audited here, and what was found is written there."""
