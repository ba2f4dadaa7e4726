"""The HTTP edge: parses, calls, presents; decides nothing."""
