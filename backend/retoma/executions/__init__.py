"""Executions: one run of one command on one card, the record that is never lost."""
