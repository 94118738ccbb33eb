"""Hardening: Sensitive Neuron Stabilizing (SNS, Algorithm 1) and its baselines, one training loop for all."""
