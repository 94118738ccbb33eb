"""Audits: attacks and neuron analysis of a model on a data set, with a report."""
