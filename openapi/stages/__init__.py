"""What travels between plan, shard, job and report: one module a stage, with its parameters, its value and its files.

A contract like the rest of `openapi`: pydantic alone. The JSON of these models is what result keys are made of and what
stored results hold, so that it stays what it is: a field that is new is left out of the JSON where it says nothing.
"""
