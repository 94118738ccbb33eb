"""Patterns that texts must match, each with what it asks for in words: a regular expression in an answer helps nobody."""

_DESCRIPTIONS: dict[str, str] = {}


def pattern(expression: str, description: str) -> str:
    """Enter a pattern with what it asks for, as in ``write key:value``; returns the expression."""
    _DESCRIPTIONS[expression] = description
    return expression


#: Of names: something that can be seen, and no NUL, which no text may hold.
SOMETHING = pattern(r"^[^\x00]*[^\s\x00][^\x00]*$", "write at least one character that is no blank")


def description_of(expression: str) -> str | None:
    """What a pattern asks for; None for one that was not entered."""
    return _DESCRIPTIONS.get(expression)


def described(message: str) -> str:
    """A validator's message about a pattern, which shows it, in words; any other message as it is."""
    return next((text for expression, text in _DESCRIPTIONS.items() if repr(expression) in message), message)
