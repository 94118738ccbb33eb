"""The typed client of the API, `tremor-client`, made of its document."""
