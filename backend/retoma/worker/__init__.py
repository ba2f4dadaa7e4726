"""The worker: carries executions out, follows their journals, and settles them."""
