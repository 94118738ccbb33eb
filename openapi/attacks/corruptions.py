"""Changes that no adversary chose, noise and blur and weather, asked for in the same list as the attacks."""

from typing import ClassVar, Literal

from pydantic import Field

from openapi.attacks.base import Attack, Facts
from openapi.threat_models import ThreatModel


class GaussianNoise(Attack):
    paper: ClassVar[str] = "Hendrycks & Dietterich 2019"
    summary: ClassVar[str] = "Gaussian noise on the scale of CIFAR-10-C (images up to 64 pixels) or ImageNet-C."
    facts: ClassVar[Facts] = Facts("Gaussian noise", "corruption", norm="l2")

    name: Literal["gaussian_noise"] = "gaussian_noise"
    severity: int = Field(3, ge=1, le=5, description="As in CIFAR-10-C and ImageNet-C")

    @property
    def threat_model(self) -> ThreatModel:
        return ThreatModel(kind="corruption", change="gaussian_noise", severity=self.severity, region=self.region)


CorruptionName = Literal[
    "gaussian_noise",
    "shot_noise",
    "impulse_noise",
    "defocus_blur",
    "glass_blur",
    "motion_blur",
    "zoom_blur",
    "snow",
    "frost",
    "fog",
    "brightness",
    "contrast",
    "elastic_transform",
    "pixelate",
    "jpeg_compression",
]


class Corruption(Attack):
    paper: ClassVar[str] = "Hendrycks & Dietterich 2019"
    summary: ClassVar[str] = "One of the 15 common corruptions, CIFAR-10-C's (images up to 64 pixels) or ImageNet-C's."
    facts: ClassVar[Facts] = Facts("Corruption", "corruption", norm="l2")

    name: Literal["corruption"] = "corruption"
    corruption: CorruptionName = Field("defocus_blur", description="One of the fifteen of the paper")
    severity: int = Field(3, ge=1, le=5, description="As in CIFAR-10-C and ImageNet-C")

    @property
    def threat_model(self) -> ThreatModel:
        return ThreatModel(kind="corruption", change=self.corruption, severity=self.severity, region=self.region)
