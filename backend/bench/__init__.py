"""`python -m bench`: the numbers of docs/benchmarks.md, measured in one run beside the naive design and raw SQLite."""
