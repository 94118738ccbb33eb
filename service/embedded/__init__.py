"""The whole product in one command and one folder: broker from a wheel, API, workers, all ended together."""
