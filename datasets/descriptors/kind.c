#include <string.h>

#include "irminon/descriptor.h"

static const char *const names[IRM_KIND_END] = {
    "count",  "amount",   "area", "ratio", "median", "mean",       "index",
    "weight", "category", "code", "label", "year",   "coordinate",
};

const char *irm_kind_name(irm_kind kind) {
    return (int)kind >= 0 && kind < IRM_KIND_END ? names[kind] : "unknown";
}

bool irm_kind_additive(irm_kind kind) {
    return kind == IRM_KIND_COUNT || kind == IRM_KIND_AMOUNT || kind == IRM_KIND_AREA;
}

irm_kind irm_column_kind(const irm_column *column) {
    const char *name = irm_attributes_get(&column->attributes, "kind");
    for (int kind = 0; name != NULL && kind < IRM_KIND_END; kind++) {
        if (strcmp(names[kind], name) == 0) {
            return (irm_kind)kind;
        }
    }
    return column->type == IRM_COLUMN_NUMBER ? IRM_KIND_RATIO : IRM_KIND_CATEGORY;
}
