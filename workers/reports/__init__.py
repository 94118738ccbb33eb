"""From the shards' numbers to the report: merge, statistics, checks, verdict, JSON and HTML. Needs numpy, not torch."""
