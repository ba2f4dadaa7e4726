"""Retoma: the Kanban board for coding agents that never loses a run."""

__version__ = "0.1.0"
