#include "geography/zone_parts.h"

#include <math.h>
#include <stdlib.h>

#include "irminon/memory.h"

/* Shares are written with some digits. */
static const double slack = 1e-6;

irm_status zone_parts_add(zone_parts *parts, zone_part part, irm_error *error) {
    IRM_TRY(irm_reserve((void **)&parts->items, &parts->capacity, parts->count + 1,
                        sizeof *parts->items, error));
    parts->items[parts->count++] = part;
    return IRM_OK;
}

static int by_commune_and_zone(const void *a, const void *b) {
    const zone_part *x = a, *y = b;
    if (x->commune != y->commune) {
        return x->commune < y->commune ? -1 : 1;
    }
    if (x->zone != y->zone) {
        return x->zone < y->zone ? -1 : 1;
    }
    return (x->line > y->line) - (x->line < y->line);
}

/* One part a commune and zone. */
static void join_same(zone_parts *parts) {
    size_t kept = 0;
    for (size_t i = 0; i < parts->count; i++) {
        zone_part *last = kept > 0 ? &parts->items[kept - 1] : NULL;
        const zone_part *part = &parts->items[i];
        if (last != NULL && last->commune == part->commune && last->zone == part->zone) {
            last->amount += part->amount;
        } else {
            parts->items[kept++] = *part;
        }
    }
    parts->count = kept;
}

static bool are_shares(const zone_parts *parts) {
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->items[i].amount > 1) {
            return false;
        }
    }
    return true;
}

typedef struct settling {
    const irm_level *communes;
    const char *path;
    bool shares;
    int32_t *of_commune;
    irm_cut *cuts;
    size_t n_cuts, capacity;
    irm_error *error;
} settling;

static irm_status cut(settling *s, int32_t commune, int32_t item, double share) {
    IRM_TRY(irm_reserve((void **)&s->cuts, &s->capacity, s->n_cuts + 1, sizeof *s->cuts,
                        s->error));
    s->cuts[s->n_cuts++] = (irm_cut){commune, item, share};
    return IRM_OK;
}

static irm_status fail_at(const settling *s, const zone_part *part, const char *says) {
    return irm_fail_at(s->error, IRM_STATUS_DATA, s->path, part->line, 3, NULL, "%s %s",
                       s->communes->items[part->commune].code, says);
}

/* The parts of one commune. */
static irm_status settle_one(settling *s, const zone_part *parts, size_t count) {
    double sum = 0, most = 0;
    int32_t main_zone = -1;
    for (size_t i = 0; i < count; i++) {
        sum += parts[i].amount;
        if (parts[i].zone >= 0 && parts[i].amount > most) {
            most = parts[i].amount;
            main_zone = parts[i].zone;
        }
    }
    if (s->shares && sum > 1 + slack) {
        return fail_at(s, &parts[count - 1], "has shares that add up to more than 1");
    }
    if (!s->shares && sum == 0 && count > 1) {
        return fail_at(s, &parts[count - 1],
                       "is in several zones, with no inhabitant to share it by");
    }
    int32_t commune = parts[0].commune;
    double whole = s->shares && sum < 1 - slack ? 1 : sum;
    s->of_commune[commune] = main_zone;
    if (most >= whole * (1 - slack)) { /* all in one zone */
        s->of_commune[commune] = main_zone >= 0 || count > 1 ? main_zone : parts[0].zone;
        return IRM_OK;
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].amount > 0) {
            IRM_TRY(cut(s, commune, parts[i].zone, parts[i].amount / whole));
        }
    }
    return whole > sum ? cut(s, commune, -1, (whole - sum) / whole) : IRM_OK;
}

irm_status zone_parts_settle(zone_parts *parts, const irm_level *communes,
                             const char *path, int32_t *of_commune, irm_cut **cuts,
                             size_t *n_cuts, irm_error *error) {
    settling s = {.communes = communes,
                  .path = path,
                  .shares = are_shares(parts),
                  .of_commune = of_commune,
                  .error = error};
    if (parts->count > 0) {
        qsort(parts->items, parts->count, sizeof *parts->items, by_commune_and_zone);
    }
    join_same(parts);
    irm_status status = IRM_OK;
    for (size_t first = 0, end; status == IRM_OK && first < parts->count; first = end) {
        end = first;
        while (end < parts->count &&
               parts->items[end].commune == parts->items[first].commune) {
            end++;
        }
        status = settle_one(&s, parts->items + first, end - first);
    }
    if (status != IRM_OK) {
        irm_free(s.cuts);
        return status;
    }
    *cuts = s.cuts;
    *n_cuts = s.n_cuts;
    return IRM_OK;
}
