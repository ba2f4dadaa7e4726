"""Projects: a git repository on this machine, with its board."""
