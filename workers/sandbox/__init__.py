"""Runs one job in a confined child process, forked from a warm server.

`warm.WarmServer` is what a worker uses. It speaks to `forkserver`, a process that has imported everything and never
runs a job itself; each job is a fork of it, which confines itself (`confine`) before it looks at any uploaded byte
(`child`).
"""
