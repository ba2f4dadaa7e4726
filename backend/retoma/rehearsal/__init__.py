"""The rehearsal agent: a program of its own that plays a script, with no model behind it. Standard library only."""
