"""Writes Tests/Golden/paired-tests.json: DeLong's test of two areas on the same inputs and McNemar's exact test, by
numpy and scipy from their definitions. Needs numpy and scipy: paired_tests.py [--output FOLDER]."""
import argparse
import json
import os
import pathlib

import numpy
import scipy.stats


def placements(members, nonmembers):
    """The share of rightly ordered pairs of each member and of each nonmember, ties half."""
    right = (members[:, None] > nonmembers[None, :]) + 0.5 * (members[:, None] == nonmembers[None, :])
    return right.mean(axis=1), right.mean(axis=0)


def delong(first, second):
    found = [placements(*scores) for scores in (first, second)]
    areas = [members.mean() for members, _ in found]
    # The covariance matrix of both areas, and the contrast (1, -1).
    ofMembers = numpy.cov(numpy.stack([members for members, _ in found]))
    ofNonmembers = numpy.cov(numpy.stack([nonmembers for _, nonmembers in found]))
    matrix = ofMembers / len(first[0]) + ofNonmembers / len(first[1])
    contrast = numpy.array([1.0, -1.0])
    variance = contrast @ matrix @ contrast
    difference = areas[0] - areas[1]
    reach = scipy.stats.norm.ppf(0.975) * numpy.sqrt(variance)
    return {"difference": difference, "variance": variance, "low": difference - reach, "high": difference + reach,
            "p": 2 * scipy.stats.norm.sf(abs(difference) / numpy.sqrt(variance))}


def case(random, members, nonmembers, shift, other, shared, decimals):
    """Two scores of the same inputs with a part in common, rounded so that there are ties."""
    groups = []
    for count, isMember in ((members, 1), (nonmembers, 0)):
        common = random.normal(size=count)
        own = random.normal(size=(2, count))
        mixed = shared * common + numpy.sqrt(1 - shared**2) * own
        groups.append(numpy.round(mixed + isMember * numpy.array([[shift], [other]]), decimals))
    first = (groups[0][0], groups[1][0])
    second = (groups[0][1], groups[1][1])
    return {"first": {"members": first[0].tolist(), "nonmembers": first[1].tolist()},
            "second": {"members": second[0].tolist(), "nonmembers": second[1].tolist()}, **delong(first, second)}


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=pathlib.Path, default=root / "Tests/Golden")
    random = numpy.random.default_rng(7)
    areas = [case(random, 40, 30, 1.2, 0.6, 0.7, 1), case(random, 25, 50, 0.2, 0.1, 0.9, 1),
             case(random, 60, 60, 0.3, 1.4, 0.0, 6), case(random, 12, 9, 0.8, 0.8, 0.5, 0)]
    tables = [(0, 1), (3, 9), (20, 20), (41, 17), (300, 240), (0, 60)]
    decisions = [{"onlyFirst": b, "onlySecond": c, "p": scipy.stats.binomtest(b, b + c, 0.5).pvalue} for b, c in tables]
    path = parser.parse_args().output / "paired-tests.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"areas": areas, "decisions": decisions}, sort_keys=True, indent=1) + "\n")
    os.replace(partial, path)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


main()
