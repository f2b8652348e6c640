"""What all pictures share: fonts, sizes, and colours that stay apart for colour-blind readers."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (after the backend is chosen)

CLASSES = ["healthy", "pre-failure", "crashed", "byzantine", "partitioned", "slow"]

# Okabe & Ito (2008); healthy is pale, since it is the background of everything.
CLASS_COLOURS = {
    "healthy": "#e8eef2",
    "pre-failure": "#e69f00",
    "crashed": "#222222",
    "byzantine": "#cc79a7",
    "partitioned": "#0072b2",
    "slow": "#56b4e9",
}

plt.rcParams.update(
    {
        "figure.dpi": 130,
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 10,
        "legend.frameon": False,
    }
)


def save(figure, path):
    """Writes a picture without anything that changes from one run to the next."""
    figure.savefig(path, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
