"""Reports of `lemmata verify`: data, a JSON file with a schema, and one self-contained HTML page."""
