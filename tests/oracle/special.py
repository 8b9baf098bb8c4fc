#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/oracle/special.h: tail probabilities and quantiles with 50 digits by mpmath, after
scipy.stats has agreed with each of them to 1e-9.

Run: /usr/bin/python3 tests/oracle/special.py > tests/oracle/special.h
"""
import mpmath as mp
import scipy
from scipy import special, stats

mp.mp.dps = 50
FLOOR = mp.mpf(10) ** -280


def agreed(exact, other):
    """The exact value as text; raises when scipy contradicts."""
    assert abs(exact - mp.mpf(float(other))) <= 1e-9 * abs(exact) + mp.mpf(10) ** -30, (exact, other)
    return mp.nstr(exact, 20, min_fixed=1, max_fixed=1)


def root(function, start):
    """The zero next to a start that is good to nine digits."""
    return mp.findroot(function, (mp.mpf(start), mp.mpf(start) * (1 + mp.mpf(10) ** -9)))


def beta(a, b, x):
    """I_x(a, b) by the series without cancellation, DLMF 8.17.8."""
    a, b, x = mp.mpf(a), mp.mpf(b), mp.mpf(x)
    series = mp.hyp2f1(a + b, 1, a + 1, x, maxterms=10**6)
    return x**a * (1 - x)**b / (a * mp.beta(a, b)) * series


def table(name, fields, rows):
    print(f"static const struct {{\n    double {fields};\n}} {name}[] = {{")
    for row in rows:
        print("    {" + ", ".join(str(v) for v in row) + "},")
    print("};")


def gamma_rows():
    for a in [0.05, 0.5, 1, 2.5, 10, 37.5, 250, 4000]:
        for ratio in [0.01, 0.3, 0.9, 1.0, 1.02, 1.5, 3.0, 12.0]:
            x = float(a * ratio)
            p = mp.gammainc(mp.mpf(a), 0, mp.mpf(x), regularized=True)
            q = mp.gammainc(mp.mpf(a), mp.mpf(x), mp.inf, regularized=True)
            if p > FLOOR and q > FLOOR:
                yield a, x, agreed(p, special.gammainc(a, x)), agreed(q, special.gammaincc(a, x))


def chi2_rows():
    for nu in [0.5, 1, 2, 3.7, 20, 75, 400, 6000]:
        for p in [1e-12, 1e-6, 0.001, 0.05, 0.5, 0.9, 0.999]:
            guess = stats.chi2.isf(p, nu)
            x = root(lambda x: mp.gammainc(mp.mpf(nu) / 2, x / 2, mp.inf, regularized=True) - p, guess)
            yield p, nu, agreed(x, guess)


def beta_rows():
    for a, b in [(0.5, 0.5), (1, 3), (2.5, 0.7), (10, 10), (3, 998), (480, 21), (3000, 5000)]:
        mean = a / (a + b)
        for x in [mean / 20, mean * 0.7, mean, mean + (1 - mean) * 0.1, mean + (1 - mean) * 0.6]:
            value = beta(a, b, x)
            if value > FLOOR:
                yield a, b, x, agreed(value, special.betainc(a, b, x))


def beta_quantile_rows():
    for a, b in [(0.5, 0.5), (1, 3), (2.5, 0.7), (10, 10), (3, 998), (480, 21), (1, 5000)]:
        for p in [1e-9, 0.025, 0.5, 0.975]:
            guess = special.betaincinv(a, b, p)
            x = root(lambda x: beta(a, b, x) - p, guess)
            yield p, a, b, agreed(x, guess)


def normal_rows():
    for p in [1e-200, 1e-12, 1e-5, 0.025, 0.3, 0.6, 0.999]:
        guess = stats.norm.isf(p)
        yield p, agreed(root(lambda z: mp.erfc(z / mp.sqrt(2)) / 2 - p, guess), guess)


print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
print(f"/* Written by tests/oracle/special.py, mpmath {mp.__version__}, scipy {scipy.__version__}. */")
table("oracle_gamma", "a, x, p, q", gamma_rows())
table("oracle_chi2", "p, nu, x", chi2_rows())
table("oracle_beta", "a, b, x, value", beta_rows())
table("oracle_beta_quantile", "p, a, b, x", beta_quantile_rows())
table("oracle_normal", "p, z", normal_rows())
