"""The board as a file: a backup of all of it, and an export of one card; and the way back from each."""
