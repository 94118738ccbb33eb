from enum import StrEnum


class ListAuditImagesSort(StrEnum):
    ADVERSARIAL_PROBABILITY = "adversarial_probability"
    BENIGN_PROBABILITY = "benign_probability"
    INDEX = "index"
    L2 = "l2"
    LINF = "linf"

    def __str__(self) -> str:
        return str(self.value)
