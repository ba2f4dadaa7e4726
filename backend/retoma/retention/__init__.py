"""The sweep: what has cooled is sealed, what is old is removed, and its space is given back."""
