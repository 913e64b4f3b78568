"""Links between the Markdown files lead somewhere: to files that exist and to headings with that anchor."""

import re
import unicodedata

import pytest

from lemmata.claims import read_book

LINK = re.compile(r"(?P<ticks>`+).+?(?P=ticks)|\[[^\]]*\]\((?P<target>[^)\s]+)\)", re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
FENCED = re.compile(r"^( *)(```|~~~).*?^ *\2 *$", re.MULTILINE | re.DOTALL)


def slug(heading):
    """The anchor that GitHub makes of a heading: small letters, digits, hyphens and underscores stay."""
    kept = [
        letter
        for letter in heading.strip().lower()
        if letter in " -"
        or unicodedata.category(letter)[0] in "LM"
        or unicodedata.category(letter) in ("Nd", "Pc")
    ]
    return "".join(kept).replace(" ", "-")


def anchors(text):
    """All anchors of a file; one that comes again gets a number."""
    found = {}
    for heading in HEADING.findall(FENCED.sub("", text)):
        name = slug(heading)
        times = found.get(name, 0)
        found[name] = times + 1
        if times:
            found[f"{name}-{times}"] = 1
    return set(found)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("HAM-20 — Breaks determine the matches", "ham-20--breaks-determine-the-matches"),
        ("DIS-5 — The walk costs n m²", "dis-5--the-walk-costs-n-m"),
        ("Komlós' conjecture, `x_1` (a)", "komlós-conjecture-x_1-a"),
        ("Distances in C n √m word operations", "distances-in-c-n-m-word-operations"),
    ],
)
def test_slugs_are_githubs(heading, anchor):
    assert slug(heading) == anchor


def test_repeated_headings_get_numbers():
    assert anchors("# A\n\n## B b\n\n## B b\n\n```\n# no\n```\n") == {"a", "b-b", "b-b-1"}


def broken(page, root):
    text = page.read_text("utf-8")
    found = []
    for match in LINK.finditer(text):
        target = match["target"]
        if not target or re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists():
            found.append(f"{target}: there is no such file")
        elif anchor and anchor not in anchors(there.read_text("utf-8")):
            near = [known for known in anchors(there.read_text("utf-8")) if known[:6] == anchor[:6]]
            found.append(
                f"{target}: no heading has this anchor; near it: {', '.join(sorted(near)) or 'none'}"
            )
    return [f"{page.relative_to(root)}: {what}" for what in found]


def test_links_lead_somewhere(root):
    pages = [*sorted(root.glob("*.md")), *sorted(root.glob("docs/*.md")), *sorted(root.glob("theory/*.md"))]
    found = [what for page in pages for what in broken(page, root)]
    assert not found, "\n" + "\n".join(found)


def test_links_that_lead_nowhere_are_noticed(tmp_path):
    (tmp_path / "a.md").write_text(
        "# One\n\n[x](b.md) [y](#two) [z](#one) [w](a.md#one) `[v](u)` [h](https://x.y)\n"
    )
    assert broken(tmp_path / "a.md", tmp_path) == [
        "a.md: b.md: there is no such file",
        "a.md: #two: no heading has this anchor; near it: none",
    ]


def test_theorems_of_a_chapter_have_anchors_of_their_own():
    for chapter in read_book():
        own = anchors(chapter.text)
        for theorem in chapter.theorems:
            assert slug(f"{theorem.id} — {theorem.title}") in own
