"""Measuring: a filled database, the five operations, and a bare Starlette answer beside them in the same run."""
