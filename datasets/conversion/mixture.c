#include "conversion/mixture.h"

#include <stdlib.h>
#include <string.h>

#include "conversion/history.h"
#include "irminon/memory.h"

/* As many as a sentence bears. */
enum { LISTED = 5, CODE_SIZE = 5 };

void mixture_clear(mixture *found) {
    irm_buffer_clear(&found->doubles);
    irm_buffer_clear(&found->listed);
    irm_buffer_clear(&found->strays);
}

/* First row of each code; NULL where the rows are not in memory. */
static irm_status rows_of_codes(const irm_table *table, const irm_column *column,
                                size_t **rows, irm_error *error) {
    size_t n = irm_dict_count(column->categories);
    *rows = NULL;
    if (column->codes == NULL) {
        return IRM_OK;
    }
    *rows = irm_calloc(n, sizeof **rows);
    if (*rows == NULL) {
        return irm_fail_memory(error);
    }
    for (size_t r = table->n_rows; r-- > 0;) {
        if (column->codes[r] >= 0) {
            (*rows)[column->codes[r]] = r;
        }
    }
    return IRM_OK;
}

typedef struct looking {
    const irm_history *history;
    const irm_table *table;
    const irm_column *column;
    int year;
    size_t *rows;
    irm_passage *passage; /* of the year to itself: where codes of others belong */
    mixture *found;
} looking;

/* "01340 (line 12)" of the file, where ingest left its lines; else "row 11". */
static void write_place(const looking *l, const char *code, int32_t at,
                        irm_buffer *text) {
    irm_buffer_text(text, code);
    if (l->rows != NULL) {
        size_t row = l->rows[at], line = irm_table_line(l->table, row);
        irm_buffer_format(text, line > 0 ? " (line %zu)" : " (row %zu)",
                          line > 0 ? line : row + 1);
    }
}

/* A code of another year whose place has a row of its own: both hold it. */
static void note_double(looking *l, const char *code, int32_t at, const irm_link *links,
                        size_t n) {
    mixture *m = l->found;
    for (size_t i = 0; i < n; i++) {
        int32_t place = irm_dict_find(l->column->categories, irm_view_of(links[i].to));
        if (place < 0 || place == at) {
            continue;
        }
        if (m->doubled++ < LISTED) {
            irm_buffer_text(&m->doubles, m->doubled > 1 ? "; " : "");
            write_place(l, code, at, &m->doubles);
            irm_buffer_format(&m->doubles, ", a commune in %d, is in ",
                              irm_history_nearest(l->history, code, l->year));
            write_place(l, links[i].to, place, &m->doubles);
        }
        return;
    }
}

static irm_status look_at(looking *l, int32_t at, irm_error *error) {
    const char *code = irm_dict_text(l->column->categories, at);
    const irm_link *links;
    size_t n;
    irm_passage_kind kind;
    mixture *m = l->found;
    if (strlen(code) != CODE_SIZE || irm_code_is_arrondissement(code)) {
        return IRM_OK;
    }
    IRM_TRY(irm_passage_find(l->passage, code, &links, &n, &kind, error));
    if (kind == IRM_PASSAGE_UNKNOWN) {
        if (m->unknown++ < LISTED) {
            irm_buffer_text(&m->strays, m->unknown > 1 ? ", " : "");
            write_place(l, code, at, &m->strays);
        }
    } else if (kind == IRM_PASSAGE_FORMER || kind == IRM_PASSAGE_LATER) {
        if (m->others++ < LISTED) {
            irm_buffer_text(&m->listed, m->others > 1 ? "; " : "");
            write_place(l, code, at, &m->listed);
            irm_buffer_format(&m->listed, ", a commune in %d",
                              irm_history_nearest(l->history, code, l->year));
        }
        note_double(l, code, at, links, n);
    }
    return IRM_OK;
}

/* The year, the nearest of equals, when most of the others are communes. */
static void find_other_year(const looking *l) {
    mixture *m = l->found;
    const irm_history *h = l->history;
    for (int y = h->first; m->others > 0 && y <= h->last; y++) {
        size_t count = 0;
        for (size_t i = 0; i < irm_dict_count(l->column->categories); i++) {
            const char *code = irm_dict_text(l->column->categories, (int32_t)i);
            bool other = strlen(code) == CODE_SIZE && !irm_history_has(h, code, l->year);
            count += other && irm_history_has(h, code, y);
        }
        bool nearer = abs(y - l->year) < abs(m->other_year - l->year);
        if (count > m->of_other || (count == m->of_other && nearer)) {
            m->of_other = count;
            m->other_year = y;
        }
    }
}

irm_status mixture_find(const irm_history *history, const irm_table *table,
                        const irm_column *column, int year, mixture *found,
                        irm_error *error) {
    *found = (mixture){0};
    looking l = {.history = history,
                 .table = table,
                 .column = column,
                 .year = year,
                 .found = found};
    IRM_TRY(
        irm_passage_new(history, NULL, year, year, IRM_SHARE_EQUAL, &l.passage, error));
    irm_status status = rows_of_codes(table, column, &l.rows, error);
    for (size_t i = 0; status == IRM_OK && i < irm_dict_count(column->categories); i++) {
        status = look_at(&l, (int32_t)i, error);
    }
    if (status == IRM_OK) {
        find_other_year(&l);
    }
    irm_passage_free(l.passage);
    irm_free(l.rows);
    bool failed = found->doubles.failed || found->listed.failed || found->strays.failed;
    return status == IRM_OK && failed ? irm_fail_memory(error) : status;
}
