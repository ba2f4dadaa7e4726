"""Words every layer shares: values, times, ids and errors. Imports nothing of ours."""
