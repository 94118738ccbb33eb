"""How soon the service is there, comes back, and answers while its workers are busy; see `__main__`."""
