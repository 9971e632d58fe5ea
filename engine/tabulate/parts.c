#include "tabulate/parts.h"

#include "irminon/memory.h"

typedef struct group_range {
    uint32_t low, high;
} group_range;

/* The groups of the first axis that a block may have; false where the table does not
 * tell.
 */
static bool groups_of(const cell_plan *plan, size_t block, group_range *groups) {
    const cell_axis *axis = &plan->axes[0];
    int64_t low, high;
    if (!irm_cursor_range(plan->cursor, block, axis->column, &low, &high) || low < -1 ||
        high + 1 >= (int64_t)axis->n_indices) {
        return false;
    }
    *groups = (group_range){UINT32_MAX, 0};
    for (int64_t index = low + 1; index <= high + 1; index++) {
        uint32_t group = axis->group[index];
        groups->low = group < groups->low ? group : groups->low;
        groups->high = group > groups->high ? group : groups->high;
    }
    return true;
}

static bool all_groups(const cell_plan *plan, size_t blocks, group_range *groups) {
    if (plan->n_axes == 0 || plan->axes[0].from->type != IRM_COLUMN_CATEGORY) {
        return false;
    }
    for (size_t block = 0; block < blocks; block++) {
        if (!groups_of(plan, block, &groups[block])) {
            return false;
        }
    }
    return true;
}

/* groups[b].low becomes the lowest group from block b on. */
static size_t cut(const cell_plan *plan, group_range *groups, size_t blocks, size_t least,
                  table_part *parts) {
    size_t n = 0, first = 0;
    uint32_t high = 0;
    for (size_t block = blocks - 1; block-- > 0;) {
        uint32_t next = groups[block + 1].low;
        groups[block].low = groups[block].low < next ? groups[block].low : next;
    }
    for (size_t block = 0; block + 1 < blocks; block++) {
        uint32_t next = groups[block + 1].low;
        high = groups[block].high > high ? groups[block].high : high;
        if (high <= next && block + 1 - first >= least) {
            parts[n++] = (table_part){first, block + 1, next * plan->axes[0].stride};
            first = block + 1;
        }
    }
    parts[n++] = (table_part){first, blocks, UINT64_MAX};
    return n;
}

irm_status parts_find(const cell_plan *plan, size_t least, table_part **parts,
                      size_t *count, irm_error *error) {
    size_t blocks = irm_cursor_blocks(plan->cursor);
    group_range *groups = irm_calloc(blocks, sizeof *groups);
    *parts = irm_calloc(blocks, sizeof **parts);
    irm_status status =
        groups == NULL || *parts == NULL ? irm_fail_memory(error) : IRM_OK;
    if (status == IRM_OK && blocks > least && all_groups(plan, blocks, groups)) {
        *count = cut(plan, groups, blocks, least, *parts);
    } else if (status == IRM_OK) {
        (*parts)[0] = (table_part){0, blocks, UINT64_MAX};
        *count = 1;
    }
    irm_free(groups);
    return status;
}
