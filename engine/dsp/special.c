/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Incomplete gamma and beta functions by series and continued fraction, quantiles by Newton steps.
 *
 * Formula numbers: NIST Digital Library of Mathematical Functions (DLMF), https://dlmf.nist.gov, and
 * Abramowitz and Stegun, Handbook of Mathematical Functions (A&S). Continued fractions by Lentz's
 * method as modified by Thompson and Barnett, J. Comput. Phys. 64 (1986) 490.
 */
#include "myotwitch/special.h"

#include <float.h>
#include <math.h>

/* Series and fractions need about sqrt(a) terms at their slowest, next to x = a; this is enough for
 * a of 1e8. */
#define MAX_TERMS 100000

/* Newton settles within 10 steps; if it does not, bisection of at most 2^11 takes 60. */
#define MAX_STEPS 200

static const double half_log_2pi = 0.91893853320467274178;

/* ln of the gamma function, x > 0; lgamma() would write to the global signgam. Stirling's series
 * (DLMF 5.11.1), whose first term left out is below 1e-17 for x >= 16; smaller x are raised by
 * gamma(x + 1) = x gamma(x). */
static double log_gamma(double x)
{
    double product = 1.0;
    while (x < 16.0) {
        product *= x;
        x += 1.0;
    }
    const double r = 1.0 / (x * x);
    const double series =
        (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x;
    return (x - 0.5) * log(x) - x + half_log_2pi + series - log(product);
}

/* Lentz's method starts from and replaces zeros by this. */
static double nonzero(double v)
{
    return fabs(v) < 1e-300 ? 1e-300 : v;
}

/* x^a e^-x / gamma(a): x times the density. */
static double gamma_density(double a, double x)
{
    return exp(a * log(x) - x - log_gamma(a));
}

/* P(a, x) / density: DLMF 8.7.1 with 8.2.6, sum of x^k / (a (a+1) ... (a+k)). */
static double gamma_series(double a, double x)
{
    double term = 1.0 / a, sum = term;
    for (int k = 1; k < MAX_TERMS && term > sum * DBL_EPSILON / 4; k++) {
        term *= x / (a + k);
        sum += term;
    }
    return sum;
}

/* Q(a, x) / density: DLMF 8.9.2 in its even part, 1 / (x+1-a - 1(1-a) / (x+3-a - 2(2-a) / ...)). */
static double gamma_fraction(double a, double x)
{
    double b = x + 1.0 - a;
    double c = 1e300, d = 1.0 / nonzero(b), value = d;
    for (int k = 1; k < MAX_TERMS; k++) {
        const double numerator = -k * (k - a);
        b += 2.0;
        d = 1.0 / nonzero(numerator * d + b);
        c = nonzero(b + numerator / c);
        value *= c * d;
        if (fabs(c * d - 1.0) <= DBL_EPSILON) {
            break;
        }
    }
    return value;
}

/* Both tails; the series serves below the mean, the fraction above. */
static void gamma_tails(double a, double x, double *p, double *q)
{
    if (x < a + 1.0) {
        *p = x > 0.0 ? gamma_density(a, x) * gamma_series(a, x) : 0.0;
        *q = 1.0 - *p;
        return;
    }
    *q = isinf(x) ? 0.0 : gamma_density(a, x) * gamma_fraction(a, x);
    *p = 1.0 - *q;
}

static bool gamma_valid(double a, double x)
{
    return a > 0.0 && isfinite(a) && x >= 0.0;
}

double myo_gamma_p(double a, double x)
{
    double p = NAN, q;
    if (gamma_valid(a, x)) {
        gamma_tails(a, x, &p, &q);
    }
    return p;
}

double myo_gamma_q(double a, double x)
{
    double p, q = NAN;
    if (gamma_valid(a, x)) {
        gamma_tails(a, x, &p, &q);
    }
    return q;
}

/* x^a (1-x)^b / B(a, b): x (1-x) times the density. */
static double beta_density(double a, double b, double x)
{
    return exp(a * log(x) + b * log1p(-x) + log_gamma(a + b) - log_gamma(a) - log_gamma(b));
}

/* I_x(a, b) a / density: DLMF 8.17.22. */
static double beta_fraction(double a, double b, double x)
{
    double c = 1.0, d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0)), value = d;
    for (int m = 1; m < MAX_TERMS; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        value *= c * d;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1.0) <= DBL_EPSILON) {
            break;
        }
    }
    return value;
}

/* I_x(a, b) and its complement, from x and 1 - x; the fraction is fast below x = (a+1)/(a+b+2),
 * above it DLMF 8.17.4 exchanges the sides. */
static void beta_tails(double a, double b, double x, double *lower, double *upper)
{
    if (x == 0.0 || x == 1.0) {
        *lower = x;
        *upper = 1.0 - x;
        return;
    }
    if (x < (a + 1.0) / (a + b + 2.0)) {
        *lower = beta_density(a, b, x) * beta_fraction(a, b, x) / a;
        *upper = 1.0 - *lower;
        return;
    }
    *upper = beta_density(a, b, x) * beta_fraction(b, a, 1.0 - x) / b;
    *lower = 1.0 - *upper;
}

static bool beta_valid(double a, double b)
{
    return a > 0.0 && b > 0.0 && isfinite(a) && isfinite(b);
}

double myo_beta_i(double a, double b, double x)
{
    double lower = NAN, upper;
    if (beta_valid(a, b) && x >= 0.0 && x <= 1.0) {
        beta_tails(a, b, x, &lower, &upper);
    }
    return lower;
}

/* A distribution seen from a variable u in which the logarithms of both tails are near to straight
 * lines, so that Newton's step fits: u = ln x for gamma, ln(x / (1-x)) for beta, x for normal. */
typedef struct {
    double a, b;
    void (*at)(double a, double b, double u, double *lower, double *upper, double *density);
} distribution;

/* Solves lower(u) = p (or upper(u) = q, whichever is the smaller) between low and high. */
static double solve(const distribution *f, double p, double q, double low, double high, double u)
{
    const bool use_lower = p < q;
    const double target = use_lower ? p : q, sign = use_lower ? 1.0 : -1.0;
    for (int i = 0; i < MAX_STEPS; i++) {
        double tails[2], density;
        f->at(f->a, f->b, u, &tails[0], &tails[1], &density);
        const double tail = tails[use_lower ? 0 : 1];
        if (sign * (tail - target) > 0.0) {
            high = u;
        } else {
            low = u;
        }
        double next = u - sign * log(tail / target) * tail / density;
        if (!(next > low && next < high)) {
            next = low + (high - low) / 2.0;
        }
        const double change = fabs(next - u);
        u = next;
        if (change <= 2.0 * DBL_EPSILON * fmax(1.0, fabs(u))) {
            break;
        }
    }
    return u;
}

static bool probability_valid(double p)
{
    return p > 0.0 && p < 1.0;
}

static void normal_at(double a, double b, double u, double *lower, double *upper, double *density)
{
    (void)a;
    (void)b;
    *lower = 0.5 * erfc(-u * 0.70710678118654752440);
    *upper = 0.5 * erfc(u * 0.70710678118654752440);
    *density = exp(-0.5 * u * u - half_log_2pi);
}

double myo_normal_quantile_upper(double p)
{
    if (!probability_valid(p)) {
        return NAN;
    }
    /* No double has a tail beyond 38.6. */
    return solve(&(distribution){0, 0, normal_at}, 1.0 - p, p, -39.0, 39.0, 0.0);
}

static void gamma_at(double a, double b, double u, double *lower, double *upper, double *density)
{
    (void)b;
    const double x = exp(u);
    gamma_tails(a, x, lower, upper);
    *density = gamma_density(a, x);
}

/* The normal quantile to 5e-4: Hastings' rational approximation (A&S 26.2.23). */
static double rough_normal_upper(double p)
{
    const double t = sqrt(-2.0 * log(p < 0.5 ? p : 1.0 - p));
    const double u = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                             (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    return p < 0.5 ? u : -u;
}

double myo_chi2_quantile_upper(double p, double nu)
{
    if (!probability_valid(p) || !(nu > 0.0) || !isfinite(nu)) {
        return NAN;
    }
    /* Start: Wilson and Hilferty's cube (A&S 26.4.17), where it is positive. */
    const double h = 2.0 / (9.0 * nu);
    const double root = 1.0 - h + rough_normal_upper(p) * sqrt(h);
    const double start = root > 0.1 ? log(nu / 2.0) + 3.0 * log(root) : log(nu / 2.0) - 7.0;
    return 2.0 *
           exp(solve(&(distribution){nu / 2.0, 0, gamma_at}, 1.0 - p, p, -745.0, 709.0, start));
}

static void beta_at(double a, double b, double u, double *lower, double *upper, double *density)
{
    const double x = 1.0 / (1.0 + exp(-u));
    beta_tails(a, b, x, lower, upper);
    *density = beta_density(a, b, x);
}

double myo_beta_quantile(double p, double a, double b)
{
    if (!probability_valid(p) || !beta_valid(a, b)) {
        return NAN;
    }
    const double u = solve(&(distribution){a, b, beta_at}, p, 1.0 - p, -745.0, 36.0, log(a / b));
    return 1.0 / (1.0 + exp(-u));
}
