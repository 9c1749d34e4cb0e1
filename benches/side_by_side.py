"""Times a notebook's way to the lecture's fourteen figures beside elbow's.

    cargo build --release
    pip install numpy scipy scikit-learn matplotlib seaborn
    python benches/side_by_side.py [--elbow target/release/elbow] [--repeats 5]

Both start as new processes, alternately, and write PNG (200 dpi), SVG and PDF into a temporary
folder. The notebook's way (`--notebook FOLDER` runs it alone) is what the lecture does: the data
with numpy, the coordinate ascent in vectorised numpy, the Bayesian mixture with scikit-learn, the
histograms with seaborn and its kernel density estimates, densities on a grid for every contour,
and savefig three times a figure. Its time is that of the whole process; what of it is spent on
imports is said, too. elbow draws the same figures (config/lecture3-classic.toml) and the sixteen
of the slides (config/lecture3.toml, with 2,100 permuted labellings scored), each with numbers,
report and manifest.

Printed: the median and the range of the times in seconds, and the ratios of the medians. Nothing
here is needed to build or to test elbow.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINE_MEANS = [0.0, 1.0, 5.0]
PLANE_MEANS = [[0.0, -0.7], [0.0, 0.0], [0.0, 0.7]]
PLANE_COVARIANCES = [[[0.7, 0.2], [0.2, 0.1]], [[0.5, 0.0], [0.0, 0.1]], [[0.5, 0.0], [0.0, 0.1]]]


def notebook(folder):
    """Draws the fourteen figures into `folder` as a notebook does; prints the seconds of imports."""
    started = time.perf_counter()
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
    import seaborn as sns
    from scipy.special import softmax
    from scipy.stats import multivariate_normal
    from sklearn.metrics import accuracy_score, log_loss
    from sklearn.mixture import BayesianGaussianMixture

    print(f"{time.perf_counter() - started:.3f}")
    blue, orange, green = sns.color_palette()[:3]
    colors = [blue, orange, green]

    def save(figure, name):
        for extension in ("png", "svg", "pdf"):
            figure.savefig(folder / f"L3_{name}.{extension}", dpi=200, bbox_inches="tight")
        plt.close(figure)

    # --- one dimension: data, inference, scores ---
    random = np.random.RandomState(10)
    x = np.concatenate([random.normal(mean, 1, 1000) for mean in LINE_MEANS])
    labels = np.repeat(np.arange(3), 1000)
    truth = np.eye(3)[labels]

    random = np.random.RandomState(715)
    concentration = random.random_sample() * random.randint(1, 10)
    phi = random.dirichlet([concentration] * 3, len(x))
    m = random.randint(int(x.min()), int(x.max()), 3) + x.max() * random.random_sample(3)
    s2 = random.random_sample(3)

    def elbo(phi, m, s2):
        first = (np.log(s2) - m).sum()
        likelihood = -0.5 * (x[:, None] ** 2 + s2 + m**2) + x[:, None] * m
        entropy = np.where(phi > 0, phi * np.log(np.where(phi > 0, phi, 1)), 0).sum()
        return first + (phi * likelihood).sum() - entropy

    history, trace = [m], [elbo(phi, m, s2)]
    for _ in range(100):
        phi = softmax(np.outer(x, m) - 0.5 * (m**2 + s2), axis=1)
        s2 = 1 / (1 + phi.sum(0))
        m = (phi * x[:, None]).sum(0) * s2
        history.append(m)
        trace.append(elbo(phi, m, s2))
        if abs(trace[-2] - trace[-1]) <= 1e-10:
            break
    overlap = truth.T @ phi / len(x)
    match = [0] * 3
    for _ in range(3):
        j, i = np.unravel_index(overlap.argmax(), overlap.shape)
        match[j] = i
        overlap[j, :] = overlap[:, i] = -1
    log_loss(truth, phi[:, match])
    accuracy_score(labels, np.argsort(match)[phi.argmax(1)])
    for score in (log_loss, accuracy_score):
        order = random.permutation(len(x))
        for share in np.linspace(0, 1, 21):
            k = int(share * len(x))
            permuted = truth.copy()
            permuted[order[:k]] = np.eye(3)[random.choice(3, k)]
            if score is log_loss:
                score(truth, permuted)
            else:
                score(labels, permuted.argmax(1))

    # --- one dimension: figures ---
    def histograms(axes):
        for k, color in enumerate(colors):
            sns.histplot(x[labels == k], kde=True, color=color, ax=axes)
        axes.set_xlabel("x")

    figure, axes = plt.subplots(figsize=(10, 4))
    histograms(axes)
    save(figure, "GMMexample")
    for name, at in (("it0", 0), ("it8", 8), ("it15", 15), ("itConv", len(history) - 1)):
        figure, axes = plt.subplots(figsize=(10, 4))
        histograms(axes)
        for k, color in enumerate(colors):
            drawn = random.normal(history[at][match[k]], 1, 1000)
            sns.histplot(drawn, kde=True, color=color, alpha=0.1, line_kws={"ls": "--"}, ax=axes)
        axes.text(0.85, 0.9, f"t = {at}", transform=axes.transAxes, fontsize=20)
        save(figure, f"GMMexample_{name}")

    figure, axes = plt.subplots(figsize=(7, 5))
    axes.plot(trace)
    for at in (8, 15):
        axes.axvline(at, ls="--", color="grey")
    axes.set_xlabel("iteration")
    axes.set_ylabel("ELBO")
    save(figure, "GMMexample_ELBO")

    order = np.argsort(phi.std(axis=1))
    for name, points in (("most", order[:3]), ("least", order[::-1][:3])):
        figure, panels = plt.subplots(1, 3, figsize=(10, 4), sharey=True)
        for axes, i in zip(panels, points):
            sns.barplot(x=np.arange(3), y=phi[i, match], color=blue, ax=axes)
            axes.text(0.1, 0.9, f"i = {i}\nx = {x[i]:.2f}", transform=axes.transAxes)
            axes.set_xlabel("k")
        save(figure, f"posterior_{name}_uncertain")

    figure, panels = plt.subplots(1, 3, figsize=(10, 4), sharey=True)
    for k, axes in enumerate(panels):
        i = match[k]
        drawn = random.normal(m[i], np.sqrt(s2[i]), 1000)
        sns.histplot(drawn, kde=True, color=colors[k], alpha=0.1, line_kws={"ls": "--"}, ax=axes)
        axes.axvline(m[i], ls="--", color=colors[k], label="Estimated")
        axes.axvline(LINE_MEANS[k], ls="-.", color="grey", label="GT")
        axes.set_xlabel(r"$\mu_k$")
    axes.legend()
    save(figure, "posterior_means")

    # --- two dimensions ---
    random = np.random.RandomState(10)
    plane = np.vstack(
        [random.multivariate_normal(PLANE_MEANS[k], PLANE_COVARIANCES[k], 500) for k in range(3)]
    )
    owner = np.repeat(np.arange(3), 500)
    fit = BayesianGaussianMixture(
        n_components=3,
        covariance_type="diag",
        weight_concentration_prior_type="dirichlet_distribution",
        mean_precision_prior=0.8,
        init_params="random",
        reg_covar=0,
        max_iter=1500,
        random_state=10,
    ).fit(plane)
    overlap = np.eye(3)[owner].T @ fit.predict_proba(plane)
    match = [0] * 3
    for _ in range(3):
        j, i = np.unravel_index(overlap.argmax(), overlap.shape)
        match[j] = i
        overlap[j, :] = overlap[:, i] = -1
    side = np.linspace(-2, 2, 200)
    grid = np.stack(np.meshgrid(side, side), axis=-1)

    def regions(axes, k, mean, variance):
        own = plane[owner == k]
        density = multivariate_normal(PLANE_MEANS[k], PLANE_COVARIANCES[k]).pdf(grid)
        axes.contourf(grid[..., 0], grid[..., 1], density, cmap="Reds")
        axes.scatter(own[:, 0], own[:, 1], s=10, alpha=0.5, color=colors[k], label="Data")
        density = multivariate_normal(mean, np.diag(variance)).pdf(grid)
        axes.contour(grid[..., 0], grid[..., 1], density, cmap="Reds")

    figure, panels = plt.subplots(1, 3, figsize=(12, 4), sharex=True, sharey=True)
    for k, axes in enumerate(panels):
        regions(axes, k, fit.means_[match[k]], fit.covariances_[match[k]])
    axes.legend()
    save(figure, "GMMexample_2D_panels")
    shift = np.array([-0.5, -0.2])
    first, second = match[0], match[1]
    for name, mean, variance in (
        ("inf", fit.means_[first], fit.covariances_[first]),
        ("inf1", fit.means_[second], fit.covariances_[second]),
        ("inf2", fit.means_[first] + shift, 3.0 * fit.covariances_[first]),
        ("inf3", fit.means_[first] + shift, 0.5 * fit.covariances_[first]),
    ):
        figure, axes = plt.subplots(figsize=(5, 5))
        regions(axes, 0, mean, variance)
        axes.legend()
        save(figure, f"GMMexample_2D_{name}")


def timed(command):
    """Seconds that a command takes, and what it prints; ends the program if the command fails."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
    return seconds, done.stdout


def compare(elbow, repeats):
    """Runs both ways `repeats` times, alternately, and prints what came out."""
    times = {"notebook": [], "imports": [], "lecture3-classic": [], "lecture3": []}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            seconds, out = timed([sys.executable, __file__, "--notebook", folder])
            times["notebook"].append(seconds)
            times["imports"].append(float(out.split()[0]))
            files = list(Path(folder).iterdir())
            assert len(files) == 3 * 14, f"the notebook wrote {len(files)} files"
        for name in ("lecture3-classic", "lecture3"):
            with tempfile.TemporaryDirectory() as folder:
                config = ROOT / "config" / f"{name}.toml"
                seconds, _ = timed([elbow, "build", config, "-o", folder, "-q"])
                times[name].append(seconds)
    print(f"{os.cpu_count()} processors, {repeats} runs each, seconds (median, lowest, highest)")
    median = {name: statistics.median(values) for name, values in times.items()}
    for name, text in (
        ("notebook", "notebook's way, 14 figures"),
        ("imports", "  of which imports"),
        ("lecture3-classic", "elbow, the same 14"),
        ("lecture3", "elbow, the 16 of the slides"),
    ):
        low, high = min(times[name]), max(times[name])
        print(f"{text:<28}{median[name]:8.3f}{low:8.3f}{high:8.3f}")
    for name in ("lecture3-classic", "lecture3"):
        work = median["notebook"] - median["imports"]
        ratio = median["notebook"] / median[name]
        print(f"{name}: {ratio:.0f} times as fast, {work / median[name]:.0f} without imports")


def main():
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--elbow", type=Path, default=ROOT / "target" / "release" / "elbow")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--notebook", type=Path, metavar="FOLDER", help="run the notebook's way")
    arguments = parser.parse_args()
    if arguments.notebook:
        notebook(arguments.notebook)
    else:
        compare(arguments.elbow, arguments.repeats)


if __name__ == "__main__":
    main()
