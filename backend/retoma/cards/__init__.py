"""Cards: a piece of work that a person wrote, in one column of the board."""
