"""Uploaded and hardened classifiers."""
