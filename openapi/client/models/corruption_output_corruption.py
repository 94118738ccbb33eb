from enum import StrEnum


class CorruptionOutputCorruption(StrEnum):
    BRIGHTNESS = "brightness"
    CONTRAST = "contrast"
    DEFOCUS_BLUR = "defocus_blur"
    ELASTIC_TRANSFORM = "elastic_transform"
    FOG = "fog"
    FROST = "frost"
    GAUSSIAN_NOISE = "gaussian_noise"
    GLASS_BLUR = "glass_blur"
    IMPULSE_NOISE = "impulse_noise"
    JPEG_COMPRESSION = "jpeg_compression"
    MOTION_BLUR = "motion_blur"
    PIXELATE = "pixelate"
    SHOT_NOISE = "shot_noise"
    SNOW = "snow"
    ZOOM_BLUR = "zoom_blur"

    @classmethod
    def _missing_(cls, value: object) -> "CorruptionOutputCorruption | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)
