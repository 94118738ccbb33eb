"""Patterns that texts must match, each with what it asks for in words: a regular expression in an answer helps nobody."""

_WORDS: dict[str, str] = {}


def pattern(expression: str, words: str) -> str:
    """Enter a pattern with its words, as in ``write key:value``; returns the expression."""
    _WORDS[expression] = words
    return expression


#: Of names: something that can be seen, and no NUL, which no text may hold.
SOMETHING = pattern(r"^[^\x00]*[^\s\x00][^\x00]*$", "write at least one character that is no blank")


def words_for(expression: str) -> str | None:
    """What a pattern asks for; None for one that was not entered."""
    return _WORDS.get(expression)


def in_words(message: str) -> str:
    """A validator's message about a pattern, which shows it, in words; any other message as it is."""
    return next((words for expression, words in _WORDS.items() if repr(expression) in message), message)
