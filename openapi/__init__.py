"""The contract: what requests, answers, job messages and reports look like.

Everything here is plain pydantic. It imports neither `service` nor `workers`, and both import it.
"""
