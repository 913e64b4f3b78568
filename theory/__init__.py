"""The book: one Markdown chapter per topic, read by :mod:`lemmata.claims`."""
