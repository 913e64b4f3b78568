"""Machine checks of the book's theorems: one module per chapter, found by :mod:`lemmata.claims`."""
