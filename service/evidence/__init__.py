"""Signed evidence of what an audit or a hardening found."""
