"""What every attack runs in: the rows of a chunk, passes through the model, batches, replay, randomness."""
