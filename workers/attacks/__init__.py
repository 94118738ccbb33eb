"""Attacks: one small function each over a common row store (`hunt.Hunt`); `suite.run_attack` runs them.

How to write one: see `registry.py`.
"""
