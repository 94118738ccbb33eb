"""The 15 common corruptions in five severities, by numpy, scipy and Pillow alone."""
