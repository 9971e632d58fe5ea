/* Conversion: a table moves from the communes of one first of January to those of
 * another.
 *
 * A history is what the official geographic code tells of communes: mergers, splits,
 * changes of code, each on its date. A passage is what it makes of two dates: where each
 * code of the first leads, and in what share. A share is 1, exactly, wherever all that
 * left a commune arrives in one; elsewhere it is an estimate, in proportion to a
 * population after the split. Both ways: going back, a merger is a split.
 * docs/methods.md. */
#ifndef IRMINON_CONVERSION_H
#define IRMINON_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "irminon/descriptor.h"
#include "irminon/dict.h"
#include "irminon/geography.h"
#include "irminon/progress.h"
#include "irminon/status.h"
#include "irminon/store.h"
#include "irminon/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- populations: what splits are shared by ---------------------------------------- */

typedef struct irm_populations irm_populations;
/* Populations of communes that a store holds: columns of wide tables of communes whose
 * variable is a municipal population, each in the geography of its table. `chosen`
 * ("TABLE:COLUMN") takes that column alone; NULL takes all. Never fails for lack of any.
 */
IRM_API irm_status irm_populations_load(const irm_store *store, const char *chosen,
                                        irm_populations **populations, irm_error *error);
/* An empty set, to which populations are added one by one. */
IRM_API irm_status irm_populations_new(irm_populations **populations, irm_error *error);
/* Begins a set of populations in the geography of a year; `name` is told in lineage. */
IRM_API irm_status irm_populations_begin(irm_populations *populations, const char *name,
                                         int geography, irm_error *error);
/* Adds a commune to the set begun last. */
IRM_API irm_status irm_populations_add(irm_populations *populations, const char *code,
                                       double inhabitants, irm_error *error);
IRM_API size_t irm_populations_count(const irm_populations *populations);
/* Inhabitants of a code in the set nearest to a year, NaN where none knows it. */
IRM_API double irm_populations_of(const irm_populations *populations, const char *code,
                                  int year);
IRM_API void irm_populations_free(irm_populations *populations);

/* ---- history ----------------------------------------------------------------------- */

typedef struct irm_history irm_history;
/* From the tables of a store: the newest list of movements (v_mvtcommune, else the older
 * historiq), the communes since 1943, and, past the last movement, passage tables from
 * year to year. NOT_FOUND when it has no movement (the error says what to ingest). */
IRM_API irm_status irm_history_load(const irm_store *store, irm_history **history,
                                    irm_error *error);
IRM_API void irm_history_free(irm_history *history);
/* The first and last years whose first of January it covers. */
IRM_API int irm_history_first(const irm_history *history);
IRM_API int irm_history_last(const irm_history *history);
/* Names of the tables it was read from, comma-separated. Borrowed. */
IRM_API const char *irm_history_source(const irm_history *history);
/* True when the communes of each year are known (communes since 1943). */
IRM_API bool irm_history_lists(const irm_history *history);
/* True when `code` was that of a commune on the first of January of `year`; where the
 * communes of each year are not known, true for any code. */
IRM_API bool irm_history_has(const irm_history *history, const char *code, int year);
/* The statistical tables of a year may not know yet of a commune restored on its very first
 * day (55138 Culey, on 1 January 2014). Of a table whose rows bear the `codes` marked in
 * `there` (by number), true when `code` is that of a commune that was parted that day, and
 * the table has all of the département, or nearly, but a commune restored from it: then its
 * row is of the year before. */
IRM_API bool irm_history_is_late(const irm_history *history, int year,
                                 const irm_dict *codes, const uint8_t *there,
                                 const char *code);
/* The year nearest to `year` on whose first of January `code` was a commune; 0 for none.
 */
IRM_API int irm_history_nearest(const irm_history *history, const char *code, int year);
/* Name of a commune in a year, or NULL. Borrowed. */
IRM_API const char *irm_history_name(const irm_history *history, const char *code,
                                     int year);

/* ---- detection --------------------------------------------------------------------- */

/* How well the communes of a year explain the codes of a table. */
typedef struct irm_candidate {
    int year;
    size_t matched; /* codes that are communes of that year */
    size_t strange; /* codes that are not */
    size_t absent;  /* communes of that year without a code, in the départements most of
                       whose communes are there */
    double score;   /* matched / (matched + strange + absent), from 0 to 1 */
} irm_candidate;

/* Scores every year from 1968 on, the best first; of equals, the latest. Municipal
 * arrondissements count as their commune; codes that no year knows as strange in all.
 * Needs the communes since 1943 (NOT_FOUND). *candidates is freed with irm_free. */
IRM_API irm_status irm_history_detect(const irm_history *history,
                                      const char *const *codes, size_t count,
                                      irm_candidate **candidates, size_t *n_candidates,
                                      irm_error *error);

/* Dates a table by its codes: the year of the best score, of which the reporter is told with
 * what fits and what does not: codes of other years and of none, with their lines. `key`
 * names the column of codes (NULL: the one of that role). DATA when no code is of any year,
 * and when a place has two rows, by two geographies (the codes, lines, years and scores are in
 * the message); otherwise as irm_history_detect. */
IRM_API irm_status irm_history_date(const irm_history *history, const irm_table *table,
                                    const char *key, const irm_reporter *reporter, int *year,
                                    irm_error *error);
/* The same, with the scores of every year. */
IRM_API irm_status irm_history_detect_table(const irm_history *history,
                                            const irm_table *table, const char *key,
                                            irm_candidate **candidates,
                                            size_t *n_candidates, irm_error *error);

/* ---- passages ---------------------------------------------------------------------- */

typedef enum irm_passage_kind {
    IRM_PASSAGE_SAME = 0, /* the same commune, nothing came and nothing left */
    IRM_PASSAGE_CODE,     /* the same under another code */
    IRM_PASSAGE_MERGED,   /* whole, into a commune with others */
    IRM_PASSAGE_SPLIT,    /* shared among several */
    IRM_PASSAGE_FOLDED,   /* a municipal arrondissement: its commune */
    IRM_PASSAGE_FORMER,   /* no commune of that year, but one earlier (delegated and
                             associated communes): from the last year it was one */
    IRM_PASSAGE_LATER,    /* the same, later */
    IRM_PASSAGE_UNKNOWN,  /* of no year */
    IRM_PASSAGE_KINDS
} irm_passage_kind;
/* "same", "code", "merged", … */
IRM_API const char *irm_passage_kind_name(irm_passage_kind kind);

/* Where a code leads. `share` is 1 where all of it arrives there; NaN where it is shared
 * and nothing tells how. */
typedef struct irm_link {
    const char *to;
    double share;
    const char *by; /* what the share is estimated by; "" for a share of 1 */
} irm_link;

typedef enum irm_unknown_share {
    IRM_SHARE_UNKNOWN = 0, /* NaN: the caller refuses or gives bounds */
    IRM_SHARE_EQUAL        /* alike, and told so */
} irm_unknown_share;

typedef struct irm_passage irm_passage;
/* From the communes of 1 January of a year to those of another. REFUSED outside what the
 * history covers. Borrows its arguments; `populations` may be NULL. One thread. */
IRM_API irm_status irm_passage_new(const irm_history *history,
                                   const irm_populations *populations, int from, int to,
                                   irm_unknown_share unknown, irm_passage **passage,
                                   irm_error *error);
IRM_API void irm_passage_free(irm_passage *passage);
/* Links of a code, lent until the passage is freed; none (UNKNOWN) for a code of no year.
 * Arrondissements of Paris, Lyon and Marseille lead to their commune. */
IRM_API irm_status irm_passage_find(irm_passage *passage, const char *code,
                                    const irm_link **links, size_t *count,
                                    irm_passage_kind *kind, irm_error *error);
/* The same, for a code taken as that of a commune of another year than the passage's. */
IRM_API irm_status irm_passage_find_from(irm_passage *passage, int year, const char *code,
                                         const irm_link **links, size_t *count,
                                         irm_passage_kind *kind, irm_error *error);

/* The codes that something happened to between the two years: how many, and each. */
IRM_API size_t irm_passage_count(const irm_passage *passage);
IRM_API const char *irm_passage_at(const irm_passage *passage, size_t index,
                                   const irm_link **links, size_t *count);

/* ---- conversion of a table --------------------------------------------------------- */

/* What a category becomes where communes that differ by it merge. */
typedef enum irm_category_rule {
    IRM_CATEGORY_MIXED = 0, /* a word of its own */
    IRM_CATEGORY_MAJORITY,  /* that of most inhabitants */
    IRM_CATEGORY_ABSORBING  /* that of the commune that keeps its code, else of the most
                               populous */
} irm_category_rule;

/* What is asked of one column, over what its descriptor tells. */
typedef struct irm_convert_column {
    const char *name;
    irm_kind kind; /* IRM_KIND_END: as the column tells */
    irm_category_rule rule;
    /* A ratio, recomputed where it cannot be kept: factor × numerator / denominator,
     * which are columns of the table. NULL: not recomputed. */
    const char *numerator, *denominator;
    double factor;
} irm_convert_column;

typedef struct irm_convert_options {
    int from, to;    /* years of geography */
    const char *key; /* column of the commune codes; NULL: the one of that role */
    bool keep_arrondissements; /* those of Paris, Lyon and Marseille stand alone */
    irm_unknown_share unknown; /* IRM_SHARE_UNKNOWN refuses what it cannot share */
    irm_category_rule rule;    /* of categories that `columns` does not name */
    const char *mixed;         /* the word for mixed; NULL: "mixed" */
    const irm_convert_column *columns;
    size_t n_columns;
    size_t threads; /* 0: one a processor */
} irm_convert_options;

/* What happened to one code of the table. */
typedef struct irm_change {
    char *from, *to; /* `to` is "" where it leads nowhere */
    const char
        *what; /* kind of passage; "absent": no row for a part of `to`; "beside": an
                  arrondissement beside its commune, or the reverse; "left out" */
    double share;
    const char *by;
} irm_change;

/* Total of a column, of the cells that have a value; NaN where it does not add up. */
typedef struct irm_column_total {
    const char *column; /* borrowed from the converted table */
    double before, after;
} irm_column_total;

typedef struct irm_conversion {
    irm_table table;
    irm_column_total *totals;
    size_t n_totals;
    irm_change *changes;
    size_t n_changes, changes_capacity;
    size_t merged, split, unmatched; /* codes */
    size_t n_others;                 /* codes of other years than the table's */
    size_t n_rows_left;              /* rows of other levels, left out */
} irm_conversion;

/* Moves a table to the communes of another year. Counts are added, exactly, and shared on
 * a split (ESTIMATED); ratios, medians and means of merged communes are recomputed or
 * hidden within the bounds that the parts prove; categories follow their rule. `history`
 * and `populations` as for a passage. The lineage is kept, and says what was done.
 * REFUSED where a split cannot be shared, for a table of polygons, for one that is not of
 * communes (or of IRIS, which are added up to communes). Clear `conversion` whatever the
 * status. */
IRM_API irm_status irm_convert_table(const irm_table *table, const irm_history *history,
                                     const irm_populations *populations,
                                     const irm_convert_options *options,
                                     const irm_reporter *reporter,
                                     irm_conversion *conversion, irm_error *error);
IRM_API void irm_conversion_clear(irm_conversion *conversion);
/* The conservation report, and the list of changes, as tables: `column, total_before,
 * total_after, merged, split, unmatched` and `code, to, change, share, shared_by`. */
IRM_API irm_status irm_conversion_report(const irm_conversion *conversion,
                                         irm_table *report, irm_error *error);
IRM_API irm_status irm_conversion_changes(const irm_conversion *conversion,
                                          irm_table *changes, irm_error *error);

#ifdef __cplusplus
}
#endif
#endif
