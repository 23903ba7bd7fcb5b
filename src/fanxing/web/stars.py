"""Stars as they are drawn: held is filled, planned an outline, none a dim one, the others dashed with a word.

Drawn in Python and kept: a list of 50 units shows 250 of them, and most rows are alike.
"""

from collections.abc import Iterator
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WORDS = {"held": "已得", "planned": "计划", "pending": "待核", "revoked": "已撤销", "none": "未得", "unrated": "不评"}
SAID = ("pending", "revoked", "unrated")
SHAPE = "vendor/tabler-icons-3.51.0/sprite.svg"


@lru_cache(maxsize=512)
def star(name: str, colour: str, state: str, size: str = "") -> SafeString:
    """One star; `colour` is a name of the palette, as the scheme gives it; `size` is "" or large."""
    word = "glyph-word" if state in SAID else "visually-hidden"
    said = format_html('<span class="{}">{}</span>', word, WORDS[state])
    return drawn(name, colour, state, size, said)


@lru_cache(maxsize=4096)
def stars(row: tuple[tuple[str, str, str], ...]) -> SafeString:
    """A unit's stars, each (name, colour, state), in a row of a list."""
    label = "，".join(f"{name}{WORDS[state]}" for name, _, state in row)
    glyphs = format_html_join("", "{}", ((drawn(name, colour, state),) for name, colour, state in row))
    words = format_html_join("", '<span class="glyph-word">{}</span>', ((said,) for said in waiting(row)))
    return format_html('<span class="glyphs" role="img" aria-label="{}">{}{}</span>', label, glyphs, words)


def waiting(row: tuple[tuple[str, str, str], ...]) -> Iterator[str]:
    """What stands beside a row of stars: 产业兴旺、生态宜居待核."""
    for state in SAID:
        names = [name for name, _, one in row if one == state]
        if names:
            yield ("各星" if len(names) == len(row) else "、".join(names)) + WORDS[state]


def drawn(name: str, colour: str, state: str, size: str = "", said: str = "") -> SafeString:
    """The glyph, and what is said beside it."""
    kinds = f"glyph glyph-{state} of-{colour}" + (f" glyph-{size}" if size else "")
    return format_html(
        '<span class="{}" title="{}：{}"><svg aria-hidden="true"><use href="{}#star"/></svg>{}</span>',
        kinds,
        name,
        WORDS[state],
        static(SHAPE),
        said,
    )
