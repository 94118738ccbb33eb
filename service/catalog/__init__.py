"""What can be asked for: presets and attacks."""
