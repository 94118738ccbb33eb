"""One is counted as one, and many as many."""

import pytest

from openapi.text import counted


@pytest.mark.parametrize(
    ("n", "noun", "text"),
    [
        (1, "named class", "1 named class"),
        (2, "named class", "2 named classes"),
        (0, "sample", "0 samples"),
        (1, "query", "1 query"),
        (12_345, "query", "12,345 queries"),
        (2, "key", "2 keys"),
        (7, "epoch", "7 epochs"),
        (7, "batch", "7 batches"),
    ],
)
def test_nouns_follow_their_number(n: int, noun: str, text: str) -> None:
    assert counted(n, noun) == text
