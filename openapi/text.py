"""Text from outside, made fit for those who read it next: terminals, logs, XML, spreadsheets, Markdown.

Names of files, layers, classes, labels and rules are the callers' own and may hold anything. They are kept as they are
in JSON, and are made visible, never obeyed, where something else takes them apart.
"""

import re
from typing import Any

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Control characters, ends of lines, halves of characters, what XML does not know, and marks of direction, which can make
#: a name look like another (but not those that join letters: they belong to words).
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~!&])")
_LINK = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://|\b(www)\.")


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def visible(text: str) -> str:
    """The text on one line, with everything that is not seen written as an escape.

    That is control characters (a line's end, a terminal's ESC), marks that turn the direction of writing, halves of
    characters, and code points that XML does not know.
    """
    return _UNSEEN.sub(_shown, text)


def one_line(text: str) -> str:
    """JSON text with what JSON leaves raw, and terminals and readers of lines obey, as JSON's own escapes."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible_texts(value: Any) -> Any:
    """Plain data with every text in it made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(str(key)): visible_texts(inner) for key, inner in value.items()}
    return [visible_texts(inner) for inner in value] if isinstance(value, list | tuple) else value


def file_name(text: str) -> str:
    """The name at the end of a path, for people to read: never used as a path."""
    name = text.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[:200] or "upload"


def counted(n: int, noun: str) -> str:
    """``1 blob``, ``2 blobs``, ``1,000 classes``, ``2 queries``."""
    return f"{n:,} {of_number(n, noun)}"


def of_number(n: int, noun: str) -> str:
    """The noun, given for one, as it is after a number."""
    if n == 1:
        return noun
    if noun.endswith(("s", "x", "ch", "sh")) and not noun.endswith("epoch"):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search("[^aeiou]y$", noun) else f"{noun}s"


def csv_cell(text: str) -> str:
    """Visible text for a cell; what a spreadsheet would compute gets an apostrophe before it."""
    text = visible(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def markdown(text: str) -> str:
    """Visible text without any mark, tag or link."""
    return _LINK.sub(
        lambda m: f"{m[1] or m[2]}\u200b{m[0][len(m[1] or m[2]) :]}", _MARKDOWN.sub(r"\\\1", visible(text))
    )
