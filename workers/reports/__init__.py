"""From the shards' numbers to the report: merge, statistics, checks, verdict, JSON and HTML; numpy does all of it."""
