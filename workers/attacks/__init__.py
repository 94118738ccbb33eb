"""Attacks: one function each, over a common state of the rows (`engine.samples`); `engine.suite.run_attack` runs them.

How to write one: see `registry.py`.
"""
