"""Attacks that see logits alone."""

from typing import ClassVar, Literal

from pydantic import Field

from openapi.attacks.ball import RESTARTS
from openapi.attacks.base import Attack, EpsAttack, Facts
from openapi.threat_models import ThreatModel


class Square(EpsAttack):
    paper: ClassVar[str] = "Andriushchenko et al. 2020"
    summary: ClassVar[str] = "Random search by square patches; sees logits alone."
    facts: ClassVar[Facts] = Facts("Square", "score", turn=70)

    name: Literal["square"] = "square"
    queries: int = Field(5000, ge=1, le=1_000_000, description="At most, a sample and restart")
    p_init: float = Field(0.8, gt=0, le=1, description="Share of the pixels in the first patch")
    restarts: int = Field(1, ge=1, le=100, description=RESTARTS)


class OnePixel(Attack):
    paper: ClassVar[str] = "Su et al. 2019"
    summary: ClassVar[str] = "Black box: differential evolution over the place and colour of one (or a few) pixels."
    facts: ClassVar[Facts] = Facts("One pixel", "score", norm="l0")

    name: Literal["one_pixel"] = "one_pixel"
    pixels: int = Field(1, ge=1, le=100, description="Pixels that may change")
    population: int = Field(400, ge=4, le=100_000, description="Candidates of a generation; each is one query")
    generations: int = Field(100, ge=1, le=100_000, description="Generations after the first, at most")
    mutation: float = Field(0.5, gt=0, le=2, description="F: the weight of the difference of two candidates")

    @property
    def threat_model(self) -> ThreatModel:
        return ThreatModel(kind="ball", norm="l0", eps=self.pixels, region=self.region)


class Spsa(EpsAttack):
    paper: ClassVar[str] = "Uesato et al. 2018"
    summary: ClassVar[str] = "Black box: gradient estimated from random sign directions, followed by Adam."
    facts: ClassVar[Facts] = Facts("SPSA", "score", turn=80)

    name: Literal["spsa"] = "spsa"
    steps: int = Field(100, ge=1, le=100_000, description="Steps of Adam at most")
    directions: int = Field(512, ge=1, le=100_000, description="Random directions a step; each costs two queries")
    delta: float = Field(0.01, gt=0, le=1, description="Distance of the probes from the iterate, in pixel units")
    learning_rate: float = Field(0.01, gt=0, le=1, description="Of Adam, in pixel units")


class Nattack(EpsAttack):
    paper: ClassVar[str] = "Li et al. 2019"
    summary: ClassVar[str] = "Black box: natural evolution strategies on the mean of a Gaussian over perturbations."
    facts: ClassVar[Facts] = Facts("NAttack", "score", turn=90)

    name: Literal["nattack"] = "nattack"
    steps: int = Field(100, ge=1, le=100_000, description="Moves of the mean at most")
    samples: int = Field(300, ge=2, le=100_000, description="Samples a step")
    sigma: float = Field(0.1, gt=0, le=10, description="Standard deviation; half of it in pixel units")
    initial_mean: float = Field(0.0, ge=-1, le=1, description="The mean at first; half of it in pixel units")
    learning_rate: float = Field(0.008, gt=0, le=1, description="Of the mean")
