"""The frontier of detectors: T_D against the rate of mistakes and against the time spent wrong, two
panels for each family."""

import pandas as pd
from frontier_look import LOOK, name_of
from plot_style import plt, save

COLUMNS = 2  # of families
# Neither scale has a zero: where no mistake was seen, its bound stands for the rate, and the edge of
# the panel for the time.
table = pd.read_csv(snakemake.input.points)  # noqa: F821
families = list(dict.fromkeys(table.family))
rows = -(-(len(families) + 1) // COLUMNS)  # one place is the legend's
figure, axes = plt.subplots(rows, 2 * COLUMNS, figsize=(4.1 * 2 * COLUMNS, 3.5 * rows), squeeze=False)


def draw_points(axis, mine, look, rate):
    value = mine.mistakes_per_hour if rate else mine.wrong_share
    low = mine.mistakes_per_hour_low if rate else 1 - mine.p_a_high
    high = mine.mistakes_per_hour_high if rate else 1 - mine.p_a_low
    seen = mine.mistakes > 0
    axis.plot(value[seen], mine.t_d_mean_s[seen], color=look["colour"], linewidth=0.9, zorder=2)
    axis.hlines(mine.t_d_mean_s[seen], low[seen], high[seen], color=look["colour"], linewidth=0.7, alpha=0.45)
    axis.plot(value[seen], mine.t_d_mean_s[seen], look["marker"], color=look["colour"], markersize=4, zorder=3)
    if rate:
        axis.plot(high[~seen], mine.t_d_mean_s[~seen], look["marker"], color=look["colour"],
                  markersize=4, markerfacecolor="white", zorder=3)


def draw_family(panels, family):
    mine = table[table.family == family]
    measured = mine[mine.kind.isin(["measured", "live"])]
    measured = measured[measured.role.str.split().apply(lambda roles: "point" in roles)]
    line = mine[mine.kind.isin(["closed form", "reference"])]
    bound = (line.kind == "closed form").all()
    hours = measured.pair_hours.max()
    for axis, rate in zip(panels, (True, False)):
        x = line.mistakes_per_hour if rate else line.wrong_share
        axis.plot(x, line.t_d_mean_s, color="#000000", linewidth=1.4, linestyle="-" if bound else ":", zorder=1)
        for detector, look in LOOK.items():
            own = measured[measured.detector == detector].sort_values("t_d_mean_s")
            draw_points(axis, own, look, rate)
        axis.set_xscale("log")
        axis.set_yscale("log")
        values = measured.mistakes_per_hour if rate else measured.wrong_share
        least = 0.5 * 3 / hours if rate else 0.5 * values[values > 0].min()
        axis.set_xlim(least, 2 * values.max())
        axis.set_ylim(0.85 * measured.t_d_mean_s.min(), 1.15 * measured.t_d_mean_s.max())
        axis.grid(color="#ececec", linewidth=0.6)
        ticks = [t for t in (0.05, 0.1, 0.2, 0.5, 1, 2, 5) if axis.get_ylim()[0] < t < axis.get_ylim()[1]]
        axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.set_yticks([], minor=True)
        axis.set_xlabel("mistakes per pair-hour" if rate else "share of time wrongly suspected, $1-P_A$")
    panels[0].set_ylabel("mean $T_D$ (s)")
    panels[0].axvline(3 / hours, color="#bbbbbb", linewidth=0.8, zorder=0)
    panels[0].set_title(f"{family}: {hours:.1f} pair-hours in {int(measured.runs.max())} runs", loc="left")


for place, family in enumerate(families):
    row, column = divmod(place, COLUMNS)
    draw_family(axes[row, 2 * column : 2 * column + 2], family)
for place in range(len(families), rows * COLUMNS):
    row, column = divmod(place, COLUMNS)
    for axis in axes[row, 2 * column : 2 * column + 2]:
        axis.axis("off")
handles = [
    plt.Line2D([], [], color=look["colour"], marker=look["marker"], markersize=5, label=name_of(detector))
    for detector, look in LOOK.items()
    if detector in set(table.detector)
]
handles += [
    plt.Line2D([], [], color="#000000", label="NFD-S in closed form: the bound"),
    plt.Line2D([], [], color="#000000", linestyle=":", label="NFD-S, were delays and losses\nindependent: a reference"),
    plt.Line2D([], [], color="#777777", marker="o", markerfacecolor="white", linestyle="", label="no mistake seen: at 3 / pair-hours"),
    plt.Line2D([], [], color="#777777", alpha=0.6, label="95 %, bootstrap over runs"),
    plt.Line2D([], [], color="#bbbbbb", label="3 / pair-hours"),
]
row, column = divmod(len(families), COLUMNS)
axes[row, 2 * column].legend(handles=handles, loc="center left", ncol=2, fontsize=9)
figure.tight_layout()
save(figure, snakemake.output.picture)  # noqa: F821
