"""How large an experiment is: the paper's size, and one that two CPU cores do in half an hour."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """width: channels of the first convolution. train, test: images. few: images of C&W and the black-box attacks.
    epochs: of the vanilla network; robust_epochs: of every hardening. queries: share of the black-box attacks' samples
    and steps. slice: images that one piece of work attacks.
    """

    width: int
    train: int
    test: int
    few: int
    epochs: int
    robust_epochs: int
    batch_size: int
    lr: float
    robust_lr: float
    queries: float
    slice: int


SCALES = {
    "small": Scale(8, 4_000, 500, 20, 12, 3, 64, 0.05, 0.01, 0.25, 250),
    "full": Scale(64, 50_000, 10_000, 1_000, 100, 30, 128, 0.05, 0.01, 1.0, 1_000),
}
