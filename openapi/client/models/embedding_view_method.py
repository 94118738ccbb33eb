from enum import StrEnum


class EmbeddingViewMethod(StrEnum):
    PCA = "pca"
    TSNE = "tsne"

    def __str__(self) -> str:
        return str(self.value)
