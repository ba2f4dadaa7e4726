"""Finding words: in cards, in what executions were asked and said, and in every entry there is."""
