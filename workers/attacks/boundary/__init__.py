"""Steps towards the clean image along and across the decision boundary."""
