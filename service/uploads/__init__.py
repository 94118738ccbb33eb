"""What models and data sets have in common."""
