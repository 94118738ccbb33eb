"""Jobs as stages of shards: planned by pure functions, kept in the database, run by workers over the queue."""
