"""The works of neuron analyses: a module each, called as `openapi.analyses` calls the work, with ``run(ctx)``."""
