#include <string.h>

#include "csv/records.h"
#include "irminon/memory.h"

irm_status irm_csv_fields_add(csv_fields *fields, const char *data, size_t size,
                              bool quoted, irm_error *error) {
    if (fields->count == fields->views_capacity ||
        fields->count == fields->quoted_capacity) {
        IRM_TRY(irm_reserve((void **)&fields->views, &fields->views_capacity,
                            fields->count + 1, sizeof *fields->views, error));
        IRM_TRY(irm_reserve((void **)&fields->quoted, &fields->quoted_capacity,
                            fields->count + 1, sizeof *fields->quoted, error));
    }
    fields->views[fields->count] = (irm_view){data, size};
    fields->quoted[fields->count++] = quoted;
    return IRM_OK;
}

void irm_csv_stops_init(csv_stops *stops, char delimiter) {
    *stops = (struct csv_stops){0};
    stops->bare[(unsigned char)delimiter] = true;
    stops->bare['"'] = stops->quoted['"'] = true;
    stops->bare['\n'] = stops->quoted['\n'] = true;
    stops->bare['\r'] = stops->quoted['\r'] = true;
}

static const char *run(const char *p, const char *end, const bool stop[256]) {
    while (p < end && !stop[(unsigned char)*p]) {
        p++;
    }
    return p;
}

scan_result irm_csv_scan(const char *data, const char *end, const csv_stops *stops,
                         char delimiter, csv_fields *fields, size_t *used) {
    fields->count = 0;
    for (const char *p = data;; p++) {
        bool quoted = p < end && *p == '"';
        const char *start = quoted ? p + 1 : p;
        p = run(start, end, quoted ? stops->quoted : stops->bare);
        size_t size = (size_t)(p - start);
        if (quoted && (p == end || *p++ != '"')) {
            return SCAN_ODD; /* a line end inside the quotes, or the block's end */
        }
        if (p == end || (*p != delimiter && *p != '\n' && *p != '\r')) {
            return SCAN_ODD; /* cut, or a quote: doubled or astray */
        }
        if (irm_csv_fields_add(fields, start, size, quoted, NULL) != IRM_OK) {
            return SCAN_NO_MEMORY;
        }
        if (*p != delimiter) {
            *used = (size_t)(p + 1 - data);
            return SCAN_DONE;
        }
    }
}
