"""The recorder: a tiny process that owns one agent. Started by file path, never imported by the rest."""
