"""The tables and figures of the SNS paper, made anew: `tremor reproduce`.

`published.json`: the paper's numbers. `nets`, `data`, `scales`: what is trained, on what, for how long. `lab`: trains,
attacks and measures, and keeps every piece, so that a run that was stopped goes on where it was. `tables`, `figures`:
what each table and figure needs of the lab. `shown`: text, JSON, page and drawings of what came out.
"""
