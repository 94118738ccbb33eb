"""The distribution of the typed client, `tremor-client`."""
