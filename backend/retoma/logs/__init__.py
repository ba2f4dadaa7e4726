"""The log of an execution. Knows an execution by its number only."""
