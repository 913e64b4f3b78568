"""One sentence to a line in the book, the docs and the README, and what tells sentences apart."""

import pytest
from prose import faults, paragraphs, sentences


def test_the_book_the_docs_and_the_readme_have_one_sentence_to_a_line(root):
    pages = [root / "README.md", *sorted(root.glob("docs/*.md")), *sorted(root.glob("theory/*.md"))]
    found = [
        f"{page.relative_to(root)}:{fault}" for page in pages for fault in faults(page.read_text("utf-8"))
    ]
    assert not found, "\n" + "\n".join(found)


SENTENCES = {
    "One. Two? Three! Four.": 4,
    "J. Beck, T. Fiala (1981) made it a method, e.g. Theorem 3 of J.-P. Serre et al. (1977), i.e. this.": 1,
    "See p. 3, cf. Section 2, vs. Figure 1.": 1,
    "It costs 1.75. On a grid it is 2. 3 is more.": 3,
    "So $a. B$ holds. $x$ is `f. G`. `g(x)` is not.": 3,
    "(a) One holds. (b) So does (a). (c) All do; (d) this, too.": 3,
    "It is done. (The constant is ours.) Next.": 3,
    'He says "why?" She does not. "Act-order" is it.': 3,
    "*Error.* A group's text has entries. *Reading.* It is exact.": 2,
    "It is *not*. *All* of it is.": 2,
    "- that is. not a sentence": 1,
    "[The book](a.b) is here. [That](c.D) as well.": 2,
    "The end": 1,
}


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences_are_told_apart(text):
    found = sentences(text)
    assert len(found) == SENTENCES[text], found
    assert " ".join(found) == text
    assert not faults("\n".join(found))
    assert len(faults(text)) == len(found) - 1
    before, _, last = "\n".join(found).rpartition(" ")
    if before:
        (fault,) = faults(f"{before}\n{last}")
        assert "join the next line" in fault


def test_faults_say_where_and_what_to_do():
    text = "# Title\n\nA first. A second\nsentence.\n"
    two, broken = faults(text)
    assert two == "3: begin a new line after 'A first.', where a sentence ends"
    assert broken == (
        "3: join the next line: no sentence ends with 'A first. A second' "
        "(if one does, 'sentence.' begins with a capital, a number or a formula)"
    )


def test_paragraphs_items_and_fields_begin_lines_and_the_rest_is_no_prose():
    text = """# Title. One

Kind: identity
Statement: (a) So it is.
(b) Always.

$$a. B$$

1. First. Second
   goes on.

   It ends.
- Third.

| a. B | c. D |
|---|---|

```pycon
>>> one. Two
```
Last.
"""
    found = [(p.line, p.mark, p.indent, p.text) for p in paragraphs(text)]
    assert found == [
        (3, "", "", "Kind: identity"),
        (4, "", "", "Statement: (a) So it is.\n(b) Always."),
        (9, "1. ", "   ", "First. Second\ngoes on."),
        (12, "", "   ", "It ends."),
        (13, "- ", "  ", "Third."),
        (21, "", "", "Last."),
    ]
    assert [fault.partition(":")[0] for fault in faults(text)] == ["9", "9"]
