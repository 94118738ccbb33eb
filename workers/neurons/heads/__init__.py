"""The last layer of a classifier, and the penultimate neurons that it reads."""
