/* Disclosure: a table of sums and its margins, published without its sensitive cells, and
 * without what would let anyone recompute them.
 *
 * A release has cells (values of 0 or more) and sums between them: margins, zones of
 * zonings that need not nest. Cells that a rule finds sensitive are hidden (primary
 * suppression); others are, at the least cost found, so that from all that is shown the
 * interval of each sensitive cell still reaches as far below and above its value as its
 * rule asks (secondary suppression). A true zero is shown, so that whoever reads knows
 * that what is hidden is more.
 *
 * Methods: A. Hundepool and others, "Statistical Disclosure Control", Wiley, 2012,
 * chapter 4 (sensitivity rules and the protection that they ask); small tables by the
 * mixed program of J. Kelly, B. Golden and A. Assad, "Cell suppression: disclosure
 * protection for sensitive tabular data", Networks 22, 1992 (see also M. Fischetti and J.
 * J. Salazar, "Solving the cell suppression problem on tabular data with linear
 * constraints", Management Science 47, 2001); larger ones by the
 * cheapest route of each sensitive cell and side through the network of sums (J. Castro,
 * "A shortest-paths heuristic for statistical data protection in positive tables",
 * INFORMS Journal on Computing 19, 2007), or, where the table is no network or its routes
 * do not suffice, by linear programs over the neighbourhood of the cell (the same paper
 * of 1992). Each way found is a table that agrees with all that is shown and in which the
 * cell is as far from its value as its rule asks: it is checked against every sum, and
 * kept as a witness. The audit then computes the interval of each hidden cell anew. */
#ifndef IRMINON_DISCLOSURE_H
#define IRMINON_DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>

#include "irminon/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What makes a cell sensitive; 0 leaves a rule out. */
typedef struct irm_disclosure_rules {
    double threshold;  /* under so many contributors, or units counted */
    unsigned dominant; /* (n, k): the n largest contributions over k % of the cell */
    double dominance;
    double p_percent; /* the second contributor could estimate the first within p % */
} irm_disclosure_rules;

enum { IRM_DISCLOSURE_LARGEST = 5 }; /* largest contributions known of a cell */

/* What is known of a cell by those who publish it. `largest` is in descending order, of
 * min(contributors, IRM_DISCLOSURE_LARGEST); `counted` where the value itself is what the
 * threshold is about (a number of beneficiaries). */
typedef struct irm_disclosure_cell {
    double value;
    double contributors;
    const double *largest;
    bool counted;
} irm_disclosure_cell;

/* The name of the rule that finds a cell sensitive ("threshold", "dominance",
 * "p_percent"), NULL when none does, and how far from its value its interval must then
 * reach. */
IRM_API const char *irm_disclosure_sensitive(const irm_disclosure_rules *rules,
                                             const irm_disclosure_cell *cell,
                                             double *below, double *above);

typedef enum irm_hiding {
    IRM_SHOWN = 0,
    IRM_HIDDEN_SENSITIVE, /* primary suppression */
    IRM_HIDDEN_BESIDE     /* secondary suppression */
} irm_hiding;

typedef struct irm_release irm_release;
IRM_API irm_status irm_release_new(irm_release **release, irm_error *error);
IRM_API void irm_release_free(irm_release *release);
/* A cell above 0 (zeros are shown, and are left out); `cost` is what hiding it loses. The
 * index of the cell is the number of those added before. */
IRM_API irm_status irm_release_cell(irm_release *release, double value, double cost,
                                    irm_error *error);
/* The cell `total` is the sum of `parts`, along an axis of the table (0: that of the
 * zonings). Axes only say how a table is laid out, so that ways to protect it are found
 * faster: nothing that is proved rests on them. */
IRM_API irm_status irm_release_sum(irm_release *release, size_t axis, size_t total,
                                   const size_t *parts, size_t n_parts, irm_error *error);
/* The cell is shown, whatever it costs. */
IRM_API void irm_release_keep(irm_release *release, size_t cell);
/* The cell is sensitive, and its interval must reach value - below and value + above. */
IRM_API void irm_release_hide(irm_release *release, size_t cell, double below,
                              double above);
IRM_API irm_hiding irm_release_hiding(const irm_release *release, size_t cell);

/* Nodes that the search for the least cost of small tables may take (20,000 unless told;
 * 0: it is not tried, and what the heuristic hides is kept). */
IRM_API void irm_release_search_nodes(irm_release *release, size_t nodes);

typedef struct irm_protection {
    size_t sensitive, beside; /* cells hidden */
    bool exact;               /* hidden at the least cost there is */
    bool possible;
    size_t cell; /* where it is not: one that cannot be protected */
    size_t
        intervals; /* hidden cells whose interval the audit knows exactly (irm_publish) */
} irm_protection;

/* Hides what protects the sensitive cells. REFUSED, with protection->possible false and
 * the cell, where too much must be shown, or where no way was found. Deterministic.
 * `reporter` (may be NULL) is told of progress, and may stop it. */
IRM_API irm_status irm_release_protect(irm_release *release, const irm_reporter *reporter,
                                       irm_protection *protection, irm_error *error);

/* What anyone can compute of a cell from all that is shown. Tables that agree with it
 * take `lower` and `upper`, so that the cell cannot be known more closely than they are
 * apart; none goes under `least` or over `most`, which equal them where the interval is
 * exact. All four are the value of a cell that is shown. */
typedef struct irm_release_interval {
    double lower, upper;
    double least, most;
} irm_release_interval;

/* The interval of each cell (`of`: one a cell). In `threads` threads (0: one a
 * processor), with the same result. `reporter` may be NULL. */
IRM_API irm_status irm_release_audit(irm_release *release, size_t threads,
                                     const irm_reporter *reporter,
                                     irm_release_interval *of, irm_error *error);
/* True where the tables reach as far as is asked (of a cell that is not sensitive: where
 * the interval is more than a point). */
IRM_API bool irm_release_protected(const irm_release *release, size_t cell,
                                   const irm_release_interval *of);

#ifdef __cplusplus
}
#endif
#endif
