"""A job is a plan, kept in the database and done by workers over the queue.

**Plan and step.** A *plan* is a list of *steps* (`plan.Step`). A step has a name, unique in its plan; the *stage* of
the workers that does it, with parameters and inputs; a *phase*, which is what callers see of it; and a weight in that
phase. An input is a blob or the file that another step leaves (`OutputOf`), a parameter may be what another step finds
(`ValueOf`); with `after` a step waits for others of which it takes nothing. A step is a row of the table `shards`: the
shard is the message that does it.

**Release.** A step is released, once, when all that it waits for has succeeded, whichever phase that belongs to, inside
the transaction that recorded the last of those results (`step_rows.release`). Only then are its inputs and the key of
its result complete. What comes after a step that a job does without (`dropped`) is dropped with it.

**Merge.** There is nothing special about merging: it is a step that takes the files of many.

**Extend.** A plan is drawn as far as can be seen. When a step that `extends` has succeeded, and whenever no step is
unfinished, the kind of the job (`job_kinds`: a module each, pure functions of `plan.Known`) is asked how it goes on: by
more steps, by a job of its own (an audit's hardening), or by its ending. Steps whose name is there already are not
added again, so that asking twice changes nothing.

**Resume.** A step whose worker ends before it is done goes out again, with the last checkpoint that it told of: a file,
from which the next attempt goes on. What it finds is the same, and so is its key.

**Phase, progress, time left** are read off the steps (`progress`). What follows a transaction outside the database
(shards to hand out, stops, wake-ups) is noted in `effects` and carried out after the commit.

`orchestrator` listens, hands out and cleans up (`listener`, `janitor`, `retries`); `plans` starts, extends and ends;
`job_rows` and `step_rows` are the database's side of both.
"""
