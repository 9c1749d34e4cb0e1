"""Times elbow's iterations beside a plain numpy class and scikit-learn, and their peak memory.

    make compare                       # cargo build --release, pinned numpy and scikit-learn, this
    python benches/compare.py [--elbow target/release/elbow] [--repeats 5] [--memory]

An iteration's time is the difference of two fits that differ in `max_iter` alone, divided by how
many iterations they are apart, so neither start nor data count. Both sides take turns, each in a
process of its own, and the best of `--repeats` counts: what else the machine does only adds. Both
compute their bound in every iteration, and both may use all processors. numpy's side of the
coordinate ascent is what the lecture's notebook does, with N x K arrays.

Printed: a table in Markdown, in nanoseconds for one point, one component and one iteration. With
`--growth` also those of elbow's CAVI alone as N and K grow, which are one number if its cost is linear
in both; with `--memory` also the peak memory of a fit of ten million points (the points take 80 MB), each side in a
process of its own. Nothing here is needed to build or to test elbow.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# `max_iter` of the two fits. elbow tells its times in whole milliseconds, so its fits are longer.
PEER, ELBOW = (2, 8), (2, 42)

# Name, model, covariances, N, D, K.
CASES = [
    ("CAVI", "cavi", "", 1_000_000, 1, 3),
    ("CAVI", "cavi", "", 1_000_000, 1, 10),
    ("Bayesian mixture", "mixture", "diag", 1_000_000, 2, 3),
    ("Bayesian mixture", "mixture", "diag", 1_000_000, 2, 10),
    ("Bayesian mixture", "mixture", "full", 1_000_000, 2, 3),
    ("Bayesian mixture", "mixture", "full", 1_000_000, 2, 10),
    ("Bayesian mixture", "mixture", "full", 200_000, 16, 16),
]
# N and K of CAVI, first N, then K grows.
GROWTH = [(300_000, 10), (1_000_000, 10), (3_000_000, 10), (10_000_000, 10)]
GROWTH += [(1_000_000, components) for components in (2, 4, 8, 16, 32, 64)]
MEMORY = ("CAVI", "cavi", "", 10_000_000, 1, 10)


def means(dimensions, components):
    """Centres on a line through all coordinates."""
    return [[4.0 * k] * dimensions for k in range(components)]


def config(case, iterations):
    """The fit as elbow's config."""
    _, model, covariance, points, dimensions, components = case
    centres = means(dimensions, components)
    samples = [points // components + (k < points % components) for k in range(components)]
    source = f"means = {[c[0] for c in centres] if dimensions == 1 else centres}"
    source += f", samples = {samples}"
    options = f"components = {components}, max_iter = {iterations}, tol = 0.0, restarts = 1"
    if model == "cavi":
        start = [1.3 * k - 3.0 for k in range(components)]
        fit = f"model.cavi = {{ {options}, init = {{ given = {{ means = {start} }} }} }}"
    else:
        fit = f'model.bayesian_mixture = {{ {options}, covariance = "{covariance}", '
        fit += 'init = "random_from_data" }'
    return (
        "schema = 1\n[data.d]\nseed = 1\n"
        f"source.gaussian_mixture = {{ {source} }}\n[fit.f]\ndata = \"d\"\nseed = 1\n{fit}\n"
    )


def elbow_fit(elbow, case, iterations):
    """Seconds of the fit as elbow tells them, its iterations, and the process's peak in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "compare.toml"
        (Path(folder) / ".git").mkdir()
        path.write_text(config(case, iterations))
        command = [elbow, "build", path, "--message-format", "json", "-o", Path(folder) / "out"]
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        seconds = None
        for line in child.stdout:
            event = json.loads(line)
            if event["reason"] == "node-finished" and event["node"] == "fit.f":
                seconds = event["seconds"]
        errors = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0 or seconds is None:
            sys.exit(f"elbow failed:\n{errors}")
        (numbers,) = Path(folder).glob("out/**/numbers.json")
        # Where nothing changes any more, coordinate ascent stops before `max_iter`.
        done = json.loads(numbers.read_text())["fit"]["f"]["iterations"]
        return seconds, done, usage.ru_maxrss * 1024


def peer(case, iterations):
    """The peer's side, in a process of its own: prints the seconds of the fit."""
    import warnings

    import numpy as np

    warnings.filterwarnings("ignore")
    _, model, covariance, points, dimensions, components = case
    random = np.random.default_rng(1)
    x = np.array(means(dimensions, components))[random.integers(components, size=points)]
    x += random.standard_normal(size=x.shape)
    if model == "cavi":
        x = x[:, 0].copy()
        fit = Notebook(x, np.array([1.3 * k - 3.0 for k in range(components)]))
        started = time.perf_counter()
        for _ in range(iterations):
            fit.step()
        print(time.perf_counter() - started)
        return
    from sklearn.mixture import BayesianGaussianMixture

    fit = BayesianGaussianMixture(
        n_components=components,
        covariance_type=covariance,
        weight_concentration_prior_type="dirichlet_distribution",
        init_params="random_from_data",
        max_iter=iterations,
        tol=0.0,
        random_state=1,
    )
    started = time.perf_counter()
    # scikit-learn's `fit` makes one more E step at its end; the difference of two fits has none.
    fit.fit(x)
    print(time.perf_counter() - started)


class Notebook:
    """Coordinate ascent as the lecture's notebook has it, with N x K arrays."""

    def __init__(self, x, m):
        import numpy as np

        self.x, self.m, self.s2 = x, m, np.full(len(m), len(m) / len(x))
        self.trace = []

    def step(self):
        """One iteration and its bound."""
        import numpy as np
        from scipy.special import softmax

        x, m, s2 = self.x, self.m, self.s2
        phi = softmax(np.outer(x, m) - 0.5 * (m**2 + s2), axis=1)
        s2 = 1 / (1 + phi.sum(0))
        m = (phi * x[:, None]).sum(0) * s2
        likelihood = -0.5 * (x[:, None] ** 2 + s2 + m**2) + x[:, None] * m
        entropy = np.where(phi > 0, phi * np.log(np.where(phi > 0, phi, 1)), 0).sum()
        self.trace.append((np.log(s2) - m).sum() + (phi * likelihood).sum() - entropy)
        self.m, self.s2 = m, s2


def peer_fit(case, iterations):
    """Seconds of the peer's fit, its iterations, and the process's peak in bytes."""
    command = [sys.executable, __file__, "--peer", json.dumps([case, iterations])]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit("the peer failed")
    return float(out), iterations, usage.ru_maxrss * 1024


def processor():
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def versions():
    """What is compared with."""
    import numpy
    import sklearn

    return f"numpy {numpy.__version__}, scikit-learn {sklearn.__version__}"


def compare(elbow, repeats):
    """Times all cases and prints the table."""
    print(f"{processor()}, {os.cpu_count()} processors; {versions()}; {platform.system()}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"Best of {repeats}, load at the start {load:.1f}; ns a point, component, iteration.\n")
    print("| fit | N | D | K | peer | elbow | ratio |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for case in CASES:
        name, model, covariance, points, dimensions, components = case
        best = {"peer": {}, "elbow": {}}
        for _ in range(repeats):
            for iterations in zip(PEER, ELBOW):
                fits = (peer_fit(case, iterations[0]), elbow_fit(elbow, case, iterations[1]))
                for own, (seconds, done, _) in zip(best.values(), fits):
                    own[done] = min(own.get(done, seconds), seconds)
        peer_ns, elbow_ns = (nanoseconds(own, case) for own in best.values())
        what = f"{name} {covariance}".strip()
        who = "numpy" if model == "cavi" else "scikit-learn"
        print(
            f"| {what} | {points:,} | {dimensions} | {components} | {who} {peer_ns:.1f} "
            f"| {elbow_ns:.2f} | {peer_ns / elbow_ns:.0f} |",
            flush=True,
        )


def nanoseconds(best, case):
    """Those of a point, component and iteration, from the best seconds of fits by their iterations."""
    *_, points, _, components = case
    seconds = max(best.values()) - min(best.values())
    return 1e9 * seconds / ((max(best) - min(best)) * points * components)


def growth(elbow, repeats):
    """Prints elbow's times as N and K grow."""
    print("\n| fit | N | K | elbow |\n|---|---|---|---|", flush=True)
    for points, components in GROWTH:
        case = ("CAVI", "cavi", "", points, 1, components)
        best = {}
        for _ in range(repeats):
            for iterations in ELBOW:
                seconds, done, _ = elbow_fit(elbow, case, iterations)
                best[done] = min(best.get(done, seconds), seconds)
        print(f"| CAVI | {points:,} | {components} | {nanoseconds(best, case):.2f} |", flush=True)


def memory(elbow):
    """Prints the peaks of one fit."""
    *_, elbow_peak = elbow_fit(elbow, MEMORY, ELBOW[0])
    *_, peer_peak = peer_fit(MEMORY, PEER[0])
    print(f"\nPeak memory, CAVI, N = {MEMORY[3]:,}, D = 1, K = {MEMORY[5]}: ", end="")
    print(f"numpy {peer_peak / 1e6:,.0f} MB, elbow {elbow_peak / 1e6:,.0f} MB.")


def main():
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--elbow", type=Path, default=ROOT / "target" / "release" / "elbow")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--growth", action="store_true", help="time larger N and K, too")
    parser.add_argument("--memory", action="store_true", help="compare peak memory, too")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        peer(*json.loads(arguments.peer))
        return
    compare(arguments.elbow, arguments.repeats)
    if arguments.growth:
        growth(arguments.elbow, arguments.repeats)
    if arguments.memory:
        memory(arguments.elbow)


if __name__ == "__main__":
    main()
