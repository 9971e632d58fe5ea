/* The search of a ward_index, written once and compiled for each set of instructions:
 * ward_search.c includes this file with KERNEL, the name of the function to define;
 * TARGET, its attribute; VECTOR, so many floats; GREATEST(a, b) of two vectors, and
 * ABOVE(a, b), a bit for each float that is over the other's. There is no guard: it is
 * included several times. */

#define WIDTH (sizeof(VECTOR) / sizeof(float))
#define PARTS (WARD_LANES / WIDTH)

/* Those of sixteen whose squares are not certainly too far, given a row of their r. */
#define NEAR(bits, squares, r)                                                     \
    for (size_t part = 0; part < PARTS; part++) {                                  \
        bits &= ~((uint32_t)ABOVE(squares[part], limit * (own + r[part]) + margin) \
                  << part * WIDTH);                                                \
    }

/* The same of sixteen boxes at `row`. */
#define NEAR_BOXES(bits, row)                                                            \
    do {                                                                                 \
        const VECTOR *lower = (const VECTOR *)(row), *upper = lower + p * PARTS;         \
        VECTOR squares[PARTS] = {0};                                                     \
        for (size_t j = 0; j < p; j++, lower += PARTS, upper += PARTS) {                 \
            for (size_t part = 0; part < PARTS; part++) {                                \
                VECTOR gap = GREATEST(lower[part] - center[j], center[j] - upper[part]); \
                gap = GREATEST(gap, zero);                                               \
                squares[part] += gap * gap;                                              \
            }                                                                            \
        }                                                                                \
        NEAR(bits, squares, upper)                                                       \
    } while (0)

TARGET static ward_neighbor KERNEL(const ward_search *self, uint32_t cluster,
                                   ward_neighbor best) {
    const ward_index *index = self->index;
    const size_t p = index->p, home = index->place[cluster] / WARD_LANES;
    const float *center = self->center;
    const float margin = index->margin;
    const float own = ward_reciprocal(self->clusters->weights[cluster]);
    const VECTOR zero = {0};
    float limit = limit_of(index, best.distance);
    scale_center(self, cluster);
    for (size_t turn = 0; turn < index->n_blocks; turn++) {
        /* The block where the cluster is comes first, and in it its group and leaf. */
        size_t block = in_turn(turn, home / WARD_LANES / WARD_LANES);
        uint32_t near_groups = lanes_of(index->n_groups, block);
        NEAR_BOXES(near_groups, index->blocks.data + block * index->blocks.stride);
        while (near_groups != 0) {
            uint32_t lane = first_lane(near_groups, block, home / WARD_LANES);
            near_groups &= ~(1u << lane);
            size_t group = block * WARD_LANES + lane;
            uint32_t near_leaves = lanes_of(index->n_leaves, group);
            NEAR_BOXES(near_leaves, index->groups.data + group * index->groups.stride);
            while (near_leaves != 0) {
                lane = first_lane(near_leaves, group, home);
                near_leaves &= ~(1u << lane);
                size_t leaf = group * WARD_LANES + lane;
                const VECTOR *row =
                    (const VECTOR *)(index->leaves.data + leaf * index->leaves.stride);
                VECTOR squares[PARTS] = {0};
                for (size_t j = 0; j < p; j++, row += PARTS) {
                    for (size_t part = 0; part < PARTS; part++) {
                        VECTOR difference = row[part] - center[j];
                        squares[part] += difference * difference;
                    }
                }
                uint32_t near = lanes_of(WARD_LANES, 0);
                NEAR(near, squares, row)
                if (near != 0) {
                    best = compare(self, cluster, leaf, near, best);
                    limit = limit_of(index, best.distance);
                }
            }
        }
    }
    return best;
}

#undef NEAR_BOXES
#undef NEAR
#undef PARTS
#undef WIDTH
#undef ABOVE
#undef GREATEST
#undef VECTOR
#undef TARGET
#undef KERNEL
