"""Compares fits of `elbow export` with scikit-learn's BayesianGaussianMixture.

usage: scikit_learn.py ELBOW [--offset N]

Every combination of dimension (1, 2, 3), form of the covariances, prior of the weights and start,
once with one start and the default priors and once with three starts and priors of one's own: 192
fits of 180 points; then k-means starts with 1,500 points, where scikit-learn sums in several chunks.
The program reads the points from CSV files. Parameters, the lower bound of every iteration and the
responsibilities are compared, relative to 1 + |value|. Restarts that find the same components in
another order have equal bounds but for rounding, and either may be the one that is kept: such fits
are compared with the components in the order of their means, and counted.

--offset N shifts every seed. Exits with 1 if anything differs by more than 1e-9, or the iterations
differ at all. Named so, and not sklearn.py, because it must not be what `import sklearn` finds.
"""
import os

# Sums of k-means on several threads have other last bits.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture

warnings.filterwarnings("ignore", category=ConvergenceWarning)

FORMS = ("full", "tied", "diag", "spherical")
WEIGHTS = ("dirichlet_process", "dirichlet_distribution")
STARTS = ("kmeans", "k-means++", "random", "random_from_data")
TOLERANCE = 1e-9


def points(seed, dimensions, each):
    """Three clusters of `each` points of unequal width, in a random order."""
    r = np.random.RandomState(seed)
    x = np.vstack([r.randn(each, dimensions) * (0.5 + i) + 4 * i * (-1) ** i for i in range(3)])
    return x[r.permutation(len(x))]


def priors(form, d):
    """Priors of one's own, no one the default."""
    matrix = 2.0 * np.eye(d) + 0.25 * (np.ones((d, d)) - np.eye(d))
    scatter = {"full": matrix, "tied": matrix, "diag": np.linspace(1.5, 2.5, d), "spherical": 2.0}[form]
    return dict(weight_concentration_prior=0.7, mean_precision_prior=0.3,
                mean_prior=np.linspace(0.5, -0.5, d) if d > 1 else np.array([0.5]),
                degrees_of_freedom_prior=d + 2.5, covariance_prior=scatter)


def cases(offset):
    """Name, data (name and points), options of scikit-learn."""
    n = 0
    for d in (1, 2, 3):
        x = points(100 + d + offset, d, 60)
        for form, weights, start, own in itertools.product(FORMS, WEIGHTS, STARTS, (False, True)):
            n += 1
            options = dict(n_components=5, covariance_type=form, weight_concentration_prior_type=weights,
                           init_params=start, max_iter=60, n_init=3 if own else 1,
                           random_state=1000 + n + offset, **(priors(form, d) if own else {}))
            yield "grid", f"f{n}", f"d{d}", x, options
    for d in (1, 2, 3):
        x = points(200 + d + offset, d, 500)
        for form, weights in itertools.product(FORMS, WEIGHTS):
            n += 1
            options = dict(n_components=8, covariance_type=form, weight_concentration_prior_type=weights,
                           init_params="kmeans", max_iter=60, n_init=1, random_state=1000 + n + offset)
            yield "1,500 points", f"f{n}", f"large{d}", x, options


OURS = {"n_components": "components", "covariance_type": "covariance",
        "weight_concentration_prior_type": "weight_prior", "init_params": "init", "n_init": "restarts"}


def toml(value):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    return json.dumps(value)


def config(all_cases):
    """One config with all data and fits."""
    lines = ["schema = 1"]
    for data in dict.fromkeys(case[2] for case in all_cases):
        lines += [f"[data.{data}]", f'source.csv = {{ path = "{data}.csv" }}']
    for _, name, data, _, options in all_cases:
        keys = {OURS.get(k, k): v for k, v in options.items() if k != "random_state"}
        lines += [f"[fit.{name}]", f'data = "{data}"', 'generator = "numpy"',
                  f"seed = {options['random_state']}",
                  "model.bayesian_mixture = { " + ", ".join(f"{k} = {toml(v)}" for k, v in keys.items()) + " }"]
    return "\n".join(lines) + "\n"


def error(ours, theirs):
    """The largest difference relative to 1 + |value|; infinite where shapes differ."""
    a, b = np.asarray(ours, float), np.asarray(theirs, float)
    return float(np.max(np.abs(a - b) / (1 + np.abs(b)))) if a.shape == b.shape else np.inf


def parameters(ours, theirs, x, mine, yours):
    """What differs in the parameters, with the components in these orders."""
    form = theirs.covariance_type

    def each(name, a, b):
        a, b = np.asarray(a, float), np.asarray(b, float)
        single = form == "tied" and name in ("covariances", "degrees")
        return error(a if single else a[..., mine], b if single else b[..., yours])

    def rows(a, b):
        return error(np.asarray(a)[mine], np.asarray(b)[yours])

    return {
        "weights": each("weights", ours["weights"], theirs.weights_),
        "means": rows(ours["means"], theirs.means_),
        "covariances": (error if form == "tied" else rows)(ours["covariances"], theirs.covariances_),
        "priors": max(
            each("concentration", ours["weight_concentration"], theirs.weight_concentration_),
            each("precision", ours["mean_precision"], theirs.mean_precision_),
            each("degrees", ours["degrees_of_freedom"], theirs.degrees_of_freedom_)),
        "r": each("r", ours["responsibilities"], theirs.predict_proba(x)),
    }


def compare(elbow, folder, case):
    """What differs, by name, and the number of iterations."""
    _, name, _, x, options = case
    run = subprocess.run([elbow, "export", "a.toml", f"fit.{name}", "--responsibilities"],
                         cwd=folder, capture_output=True, text=True)
    if run.returncode != 0:
        return {run.stderr.strip(): np.inf}, 0
    ours = json.loads(run.stdout)
    theirs = BayesianGaussianMixture(**options).fit(x)
    bound = error(ours["lower_bound"], [float(np.ravel(b)[0]) for b in theirs.lower_bounds_])
    as_they_are = np.arange(options["n_components"])
    errors = parameters(ours, theirs, x, as_they_are, as_they_are)
    # The order matters to the sticks of a process.
    exchangeable = options["weight_concentration_prior_type"] == "dirichlet_distribution"
    if max(errors.values()) > TOLERANCE and options["n_init"] > 1 and exchangeable and bound < 1e-12:
        order = [np.lexsort(np.asarray(means).T) for means in (ours["means"], theirs.means_)]
        sorted_errors = parameters(ours, theirs, x, *order)
        if max(sorted_errors.values()) <= TOLERANCE:
            errors = {**sorted_errors, "order": 0.0}
    errors["bound"] = bound
    same = (ours["iterations"] == theirs.n_iter_
            and (ours["stop"] == "converged") == bool(theirs.converged_))
    errors["iterations"] = 0.0 if same else np.inf
    return errors, theirs.n_iter_


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("elbow")
    arguments.add_argument("--offset", type=int, default=0)
    arguments = arguments.parse_args()
    elbow = str(pathlib.Path(arguments.elbow).resolve())
    all_cases = list(cases(arguments.offset))
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        # The cache of an export stays in the folder.
        (root / ".git").mkdir()
        for _, _, data, x, _ in all_cases:
            header = ",".join(f"x{j}" for j in range(x.shape[1]))
            rows = "\n".join(",".join(repr(float(v)) for v in row) for row in x)
            (root / f"{data}.csv").write_text(f"{header}\n{rows}\n")
        (root / "a.toml").write_text(config(all_cases))
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda case: compare(elbow, root, case), all_cases))
    print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}")
    names = ("bound", "weights", "means", "covariances", "priors", "r")
    print(f"{'':13}{'covariance':11}{'start':17}{'fits':>5}{'iterations':>11}"
          + "".join(f"{name:>12}" for name in names) + "  wrong")
    wrong = reordered = 0
    for group, form, start in itertools.product(("grid", "1,500 points"), FORMS, STARTS):
        rows = [result for case, result in zip(all_cases, results)
                if (case[0], case[4]["covariance_type"], case[4]["init_params"]) == (group, form, start)]
        if not rows:
            continue
        bad = sum(max(errors.values()) > TOLERANCE for errors, _ in rows)
        wrong += bad
        reordered += sum("order" in errors for errors, _ in rows)
        worst = [max(errors.get(name, np.inf) for errors, _ in rows) for name in names]
        print(f"{group:13}{form:11}{start:17}{len(rows):5}{sum(n for _, n in rows):11}"
              + "".join(f"{value:12.1e}" for value in worst) + f"{bad:7}")
    for case, (errors, _) in zip(all_cases, results):
        if max(errors.values()) > TOLERANCE:
            print(case[1], case[2], {k: v for k, v in case[4].items()}, errors)
    print(f"{len(results) - wrong} of {len(results)} fits are equal to scikit-learn's within {TOLERANCE:g}, "
          f"with the same iterations ({sum(n for _, n in results)}); {reordered} of them but for the order "
          "of the components, where restarts have equal bounds")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
