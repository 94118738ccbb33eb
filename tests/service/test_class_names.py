"""Which logit a class is: every way in which two sides may name the same classes, and those that nobody can tell."""

import unicodedata
from typing import Any

import pytest

import workers.models.vision_ops  # noqa: F401  (before torchvision)

# isort: split
from torchvision.models._meta import _IMAGENET_CATEGORIES

from openapi.class_names import nothing_but_numbers, readings
from openapi.datasets import DatasetInspection
from openapi.imagenet import wordnet_names
from openapi.problems import DatasetMismatch
from openapi.spelling import find_names


def data(names: list[str] | None = None, counts: list[int] | None = None, **more: Any) -> DatasetInspection:
    counts = counts or [2] * len(names or ())
    found = {"num_samples": sum(counts), "shape": [1, 4, 4], "dtype": "uint8", "num_classes": len(counts)}
    source = "number" if names is None else "name"
    return DatasetInspection.model_validate(
        {**found, "labels": names, "class_counts": counts, "label_source": source, **more}
    )


def read(labels: list[str] | None, found: DatasetInspection, k: int | None = None) -> Any:
    return readings("m", k or len(labels or ()), labels, found)


MATCHED = {
    "same": (["cat", "dog"], ["cat", "dog"], (0, 1)),
    "another order": (["dog", "cat"], ["cat", "dog"], (1, 0)),
    "a part": (["a", "tench", "b", "church"], ["church", "tench"], (3, 1)),
    "case": (["Cat", "DOG"], ["cat", "dog"], (0, 1)),
    "underscores": (["T-shirt/top", "ankle boot"], ["Ankle_boot", "t_shirt/top"], (1, 0)),
    "spaces": ([" cat", "dog "], ["cat", "dog"], (0, 1)),
    "NFD": ([unicodedata.normalize("NFD", "Größe"), "b"], ["b", "Größe"], (1, 0)),
    "synonyms": (["tench, Tinca tinca", "goldfish, Carassius auratus"], ["goldfish", "Tinca_tinca"], (1, 0)),
    "numbers before": (["Laysan Albatross", "Mallard"], ["001.Mallard", "002.Laysan_Albatross"], (1, 0)),
    "WordNet ids": (["n01440764 tench, Tinca tinca", "n02102040"], ["n02102040-English_springer", "n01440764"], (1, 0)),
    "series": (["3 series", "1 series"], ["1_series", "3_series"], (1, 0)),
    "case tells two apart": (["Polish", "polish"], ["polish", "Polish"], (1, 0)),
    "two spellings of one": (["cat", "dog"], ["Cat", "cat", "dog"], (0, 0, 1)),
    "capitals": (["tabby cat", "snow leopard"], ["SnowLeopard", "TabbyCat"], (1, 0)),
    "capitals of the model": (["TabbyCat", "dog"], ["dog", "tabby_cat"], (1, 0)),
    "joined": (["tabby cat", "snow leopard, ounce"], ["snowleopard", "tabbycat"], (1, 0)),
    "joined by the model": (["tabbycat", "dog"], ["dog", "Tabby_Cat"], (1, 0)),
    "numbers that order": (["owl", "tabby cat"], ["0_tabby cat", "1_owl"], (1, 0)),
    "numbers with zeros": (["owl", "TabbyCat"], ["00-tabby_cat", "01-Owl"], (1, 0)),
    "numbers of the model": (["0_tabby", "1_owl"], ["owl", "tabby"], (1, 0)),
    "numbers on both sides": (["0_tabby", "1_owl"], ["0-owl", "1-tabby"], (1, 0)),
    "numbers as names": (["10", "2", "1"], ["1", "2", "10"], (2, 1, 0)),
}


@pytest.mark.parametrize("kind", list(MATCHED))
def test_names_find_their_logits(kind: str) -> None:
    labels, names, logits = MATCHED[kind]
    (reading,) = read(labels, data(names))
    assert reading.logits == logits
    loose = any(name not in labels for name in names)
    assert any("spelt differently" in note for note in reading.notes) == loose


#: As torchvision's weights carry them: mostly WordNet's first word, some of their own making.
IMAGENET: list[str] = list(_IMAGENET_CATEGORIES)


@pytest.mark.parametrize("spelt", ["torchvision", "WordNet", "ids"])
def test_folders_of_wordnet_ids_find_the_logits_of_imagenet(spelt: str) -> None:
    """Oracle: torchvision's list, which is in the order of the challenge."""
    ids = ["n03710637", "n02012849", "n01440764", "n03126707", "n02102040"]  # maillot, two cranes, tench, springer
    wanted = tuple(IMAGENET.index(name) for name in ("maillot", "crane bird", "tench", "crane", "English springer"))
    labels = {"torchvision": IMAGENET, "WordNet": list(wordnet_names().values()), "ids": list(wordnet_names())}[spelt]
    (reading,) = read(labels, data(ids))
    assert reading.logits == wanted
    shuffled = labels[500:] + labels[:500]
    (reading,) = read(shuffled, data(ids[2:3] + ids[4:]))  # whose words are nobody else's
    assert reading.logits == tuple((logit + 500) % 1000 for logit in (wanted[2], wanted[4]))
    (reading,) = read(None, data(ids), 1000)
    assert reading.logits == wanted
    assert any("sorted ids" in note for note in reading.notes)


def test_names_find_logits_that_are_wordnet_ids() -> None:
    (reading,) = read(["n02102040", "n01440764"], data(["tench", "English_springer"]))
    assert reading.logits == (1, 0)


def test_two_classes_of_the_same_word_are_not_guessed() -> None:
    names = [*wordnet_names().values()][::-1]
    with pytest.raises(DatasetMismatch, match="n02012849"):
        read(names, data(["n02012849"]))


def test_ids_of_another_list_than_imagenet_keep_their_message() -> None:
    with pytest.raises(DatasetMismatch, match="without class names"):
        read(None, data(["n01440764", "n99999999"]), 1000)


def test_classes_without_a_sample_need_no_logit() -> None:
    (reading,) = read(["cat", "dog"], data(["bat", "cat", "cow", "dog"], [0, 3, 0, 3]))
    assert reading.logits == (-1, 0, -1, 1)


@pytest.mark.parametrize(
    ("labels", "names", "words"),
    [
        (["airplane", "car"], ["aeroplane", "car"], ["'aeroplane': near is 'airplane'", "Model: 'airplane', 'car'"]),
        (["crane", "crane"], ["crane"], ["it may be 'crane' or 'crane'"]),
        (["crane, bird", "crane, machine"], ["crane"], ["may be 'crane, bird' or 'crane, machine'"]),
        (["cat", "CAT"], ["Cat"], ["may be 'cat' or 'CAT'"]),
        (["a", "b"], ["x", "y"], ["2 of the data set's 2", "Data set: 'x', 'y'", "label_order"]),
    ],
)
def test_names_that_nobody_can_tell_are_refused_with_both_lists(
    labels: list[str], names: list[str], words: list[str]
) -> None:
    with pytest.raises(DatasetMismatch) as refusal:
        read(labels, data(names))
    for word in words:
        assert word in str(refusal.value)


def test_numbers_that_are_a_part_of_the_name_are_not_dropped() -> None:
    assert find_names(["10 pence", "20 pence"], ["pence", "pound"]) == {}
    with pytest.raises(DatasetMismatch, match="'10 pence', '20 pence'"):
        read(["pence", "pound"], data(["10 pence", "20 pence"]))


def test_folders_ordered_by_numbers_before_their_names_have_two_orders_for_a_nameless_model() -> None:
    number, text = read(None, data(["0_cat", "10_owl", "2_dog"]), 3)
    assert (number.order, number.logits) == ("numeric", (0, 2, 1))
    assert (text.order, text.logits) == ("text", (0, 1, 2))
    assert "the numbers in their names" in number.notes[0]
    (asked,) = read(None, data(["0_cat", "10_owl", "2_dog"], label_order="numeric"), 3)
    assert asked.logits == (0, 2, 1)
    (padded,) = read(None, data(["00_cat", "02_dog", "10_owl"]), 3)
    assert padded.logits == (0, 1, 2)
    (given,) = read(None, data(["0_cat", "10_owl", "2_dog"], label_order="text"), 3)
    assert given.logits == (0, 1, 2)


def test_numbers_behind_one_word_order_folders_too() -> None:
    names = sorted(f"class_{i}" for i in range(12))
    number, text = read(None, data(names), 12)
    assert (number.order, number.logits) == ("numeric", tuple(int(name[6:]) for name in names))
    assert (text.order, text.logits) == ("text", tuple(range(12)))
    assert read(["LABEL_0", "LABEL_1", "LABEL_2"], data(["c1", "c10", "c2"]))[0].logits == (0, 2, 1)
    (words,) = read(None, data(["boeing 747", "airbus 320", "tu 154"]), 3)
    assert words.is_identity(), "numbers of several words are no order"


def test_two_numbers_do_not_become_one() -> None:
    assert find_names(["area 1 1"], ["area 11", "area 12"]) == {}


def test_placeholders_are_no_names() -> None:
    assert nothing_but_numbers(["LABEL_0", "LABEL_1"])
    assert nothing_but_numbers(["0", "1"])
    assert not nothing_but_numbers(["1", "0"])
    (reading,) = read(["LABEL_0", "LABEL_1"], data(["cat", "dog"]))
    assert reading.is_identity()
    (reading,) = read(["cat", "dog"], data(["0", "1"], label_source="given"))
    assert reading.is_identity()


def test_named_folders_for_a_nameless_model_must_be_all_of_them() -> None:
    assert read(None, data(["cat", "dog"]), 2)[0].is_identity()
    with pytest.raises(DatasetMismatch, match=r"2 named classes \('cat', 'dog'\) and the model 'm' 3 logits without"):
        read(None, data(["cat", "dog"]), 3)
    known: list[dict[str, Any]] = [{"label_order": "text"}, {"label_source": "given"}, {"label_source": "number"}]
    for more in known:
        assert read(None, data(["cat", "dog"], **more), 3)[0].is_identity()


def test_alphabetical_order_that_nobody_confirmed_is_said() -> None:
    (reading,) = read(None, data(["cat", "dog"]), k=2)
    assert reading.is_identity()
    assert "alphabetical order" in reading.notes[0]
    known: list[dict[str, Any]] = [{"label_order": "text"}, {"label_source": "given"}, {"label_source": "number"}]
    for more in known:
        assert not read(None, data(["cat", "dog"], **more), k=2)[0].notes
    assert not read(["cat", "dog"], data(["cat", "dog"]))[0].notes


def test_an_order_that_the_caller_gives_settles_everything() -> None:
    for order in ("numeric", "text"):
        (reading,) = read(["dog", "cat"], data(["cat", "dog"], label_order=order))
        assert reading.is_identity()


def numbered(*names: str, **more: Any) -> DatasetInspection:
    counts = [0] * (max(map(int, names)) + 1)
    for name in names:
        counts[int(name)] = 3
    return data(None, counts, numbered_names=sorted(names), **more)


def orders(k: int, *names: str, labels: list[str] | None = None, **more: Any) -> dict[str, list[int]]:
    """Order → the logits of the named classes."""
    return {r.order: [r.logits[int(n)] for n in names] for r in read(labels, numbered(*names, **more), k)}


def test_numbered_folders() -> None:
    twelve = [str(i) for i in range(12)]
    assert orders(10, *twelve[:10]) == {"numeric": list(range(10))}
    text = [sorted(twelve).index(n) for n in twelve]
    assert orders(12, *twelve) == {"numeric": list(range(12)), "text": text}
    assert orders(12, *twelve, label_order="text") == {"text": text}
    assert orders(12, *twelve, label_order="numeric") == {"numeric": list(range(12))}
    padded = [f"{i:02d}" for i in range(12)]
    assert orders(12, *padded) == {"numeric": list(range(12))}
    assert orders(12, "03", "11") == {"numeric": [3, 11]}
    # a part of the classes keeps its places among all
    assert orders(12, "2", "11") == {"numeric": [2, 11], "text": [text[2], text[11]]}
    # folders from 1 on: the first is logit 0
    assert orders(12, *[str(i) for i in range(1, 13)])["numeric"] == list(range(12))
    assert orders(102, *[f"{i:03d}" for i in range(1, 103)]) == {"numeric": list(range(102))}
    # from 1 on, and the last of all might be absent
    few = [str(i) for i in range(1, 11)]
    from_one = [str(i) for i in range(1, 13)]
    assert orders(12, *few) == {
        "numeric": list(range(1, 11)),
        "text": text[1:11],
        "one_based": list(range(10)),
        "one_based_text": [sorted(from_one).index(n) for n in few],
    }
    assert set(orders(12, *few, label_order="text")) == {"text", "one_based_text"}
    # any numbers, as many as logits
    assert orders(3, "5", "20", "100") == {"numeric": [0, 1, 2], "text": [2, 1, 0]}
    # the model's own names settle it
    assert orders(12, *twelve, labels=sorted(twelve)) == {"name": text}
    assert orders(12, *twelve, labels=twelve) == {"name": list(range(12))}
    assert len(orders(12, *twelve, labels=[f"sign {i}" for i in "abcdefghijkl"])) == 2


def test_labels_counted_from_one_are_called_so() -> None:
    found = data(None, [0, *[2] * 10])
    with pytest.raises(
        DatasetMismatch, match=r"run from 1 to 10 .* 10 logits, counted from 0: the labels look 1-based"
    ):
        read(None, found, 10)
    as_they_are, one_based = read(None, found, 11)
    assert as_they_are.is_identity()
    assert (one_based.order, one_based.logits) == ("one_based", (-1, *range(10)))
    for settled in (data(None, [0, *[2] * 10], label_order="numeric"), data(None, [1, *[2] * 10])):
        assert [r.logits for r in read(None, settled, 11)] == [tuple(range(11))]
    with pytest.raises(DatasetMismatch, match="labels go up to 10, the model 'm' has 9 logits"):
        read(None, found, 9)


def test_a_name_in_several_places_is_left_out() -> None:
    assert find_names(["a", "b"], ["a", "b", "b"]) == {"a": 0}
