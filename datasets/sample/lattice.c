/* Polygons: communes are unions of the cells of an irregular lattice whose points are
 * shared, so that neighbours have exactly the same border. */
#include <string.h>

#include "sample/geography.h"
#include "sample/random.h"

/* Half a degree or so around 46.5° N, 2.5° E: cells of about 0.75 km. */
enum { WEST = 208000, SOUTH = 4628000, STEP_LONGITUDE = 980, STEP_LATITUDE = 675 };

typedef struct site {
    double x, y;
} site;

static int point_at(int column, int row) { return row * (LATTICE_WIDTH + 1) + column; }
static int cell_at(int column, int row) { return row * LATTICE_WIDTH + column; }

/* A square bent into something like a country: corners drawn in, sides wavy. */
static void place_points(sample_geography *geography) {
    sample_random random = sample_stream(geography->seed, FOR_SITES, 1, 0);
    for (int row = 0; row <= LATTICE_HEIGHT; row++) {
        for (int column = 0; column <= LATTICE_WIDTH; column++) {
            double x = 2.0 * column / LATTICE_WIDTH - 1,
                   y = 2.0 * row / LATTICE_HEIGHT - 1;
            double bent_x = x * (1 - 0.17 * y * y + 0.06 * y) + 0.04 * y;
            double bent_y = y * (1 - 0.19 * x * x - 0.05 * x) - 0.03 * x;
            double dx = bent_x * LATTICE_WIDTH / 2 + 0.5 * (sample_unit(&random) - 0.5);
            double dy = bent_y * LATTICE_HEIGHT / 2 + 0.5 * (sample_unit(&random) - 0.5);
            int point = point_at(column, row);
            geography->longitude[point] =
                WEST + (int32_t)((dx + LATTICE_WIDTH / 2.0) * STEP_LONGITUDE);
            geography->latitude[point] =
                SOUTH + (int32_t)((dy + LATTICE_HEIGHT / 2.0) * STEP_LATITUDE);
        }
    }
}

/* Row 0 of the grid of communes is the north; row 0 of the lattice is the south. */
static void place_sites(const sample_geography *geography, site *sites) {
    for (int c = 0; c < SAMPLE_COMMUNES; c++) {
        sample_random random = sample_stream(geography->seed, FOR_SITES, 2, (uint64_t)c);
        int column = c % SAMPLE_COLUMNS, row = SAMPLE_ROWS - 1 - c / SAMPLE_COLUMNS;
        double offset = row % 2 == 0 ? 0.35 : 0.65;
        sites[c].x = (column + offset + 0.5 * (sample_unit(&random) - 0.5)) *
                     LATTICE_WIDTH / SAMPLE_COLUMNS;
        sites[c].y = (row + 0.5 + 0.5 * (sample_unit(&random) - 0.5)) * LATTICE_HEIGHT /
                     SAMPLE_ROWS;
    }
}

/* Each cell to its nearest site, give or take a little noise. */
static void assign_cells(sample_geography *geography, const site *sites) {
    sample_random random = sample_stream(geography->seed, FOR_SITES, 3, 0);
    for (int i = 0; i < LATTICE_CELLS; i++) {
        double x = i % LATTICE_WIDTH + 0.5 + 1.1 * (sample_unit(&random) - 0.5);
        double y = i / LATTICE_WIDTH + 0.5 + 1.1 * (sample_unit(&random) - 0.5);
        double best = 1e30;
        for (int c = 0; c < SAMPLE_COMMUNES; c++) {
            double dx = x - sites[c].x, dy = y - sites[c].y;
            if (dx * dx + dy * dy < best) {
                best = dx * dx + dy * dy;
                geography->cell[i] = (int16_t)c;
            }
        }
    }
}

/* The four neighbours of a cell, -1 outside. */
static void neighbours(int cell, int *around) {
    int column = cell % LATTICE_WIDTH, row = cell / LATTICE_WIDTH;
    around[0] = column > 0 ? cell - 1 : -1;
    around[1] = column < LATTICE_WIDTH - 1 ? cell + 1 : -1;
    around[2] = row > 0 ? cell - LATTICE_WIDTH : -1;
    around[3] = row < LATTICE_HEIGHT - 1 ? cell + LATTICE_WIDTH : -1;
}

/* Marks the connected part that holds `start` with `mark`; returns its size. */
static int flood(const sample_geography *geography, int16_t *part, int start,
                 int16_t mark, int *stack) {
    int depth = 0, size = 0;
    stack[depth++] = start;
    part[start] = mark;
    while (depth > 0) {
        int cell = stack[--depth], around[4];
        size++;
        neighbours(cell, around);
        for (int k = 0; k < 4; k++) {
            if (around[k] >= 0 && part[around[k]] < 0 &&
                geography->cell[around[k]] == geography->cell[start]) {
                part[around[k]] = mark;
                stack[depth++] = around[k];
            }
        }
    }
    return size;
}

/* Gives the crumbs of each commune, all but its largest part, to a neighbour. */
static void drop_crumbs(sample_geography *geography) {
    int16_t part[LATTICE_CELLS], parts = 0, best[SAMPLE_COMMUNES];
    int stack[LATTICE_CELLS], size[SAMPLE_COMMUNES] = {0};
    memset(part, -1, sizeof part);
    for (int i = 0; i < LATTICE_CELLS; i++) {
        if (part[i] < 0) {
            int cells = flood(geography, part, i, parts, stack);
            int c = geography->cell[i];
            if (cells > size[c]) {
                size[c] = cells;
                best[c] = parts;
            }
            parts++;
        }
    }
    for (int i = 0; i < LATTICE_CELLS; i++) {
        int around[4];
        neighbours(i, around);
        for (int k = 0; k < 4 && part[i] != best[geography->cell[i]]; k++) {
            if (around[k] >= 0 && geography->cell[around[k]] != geography->cell[i]) {
                geography->cell[i] = geography->cell[around[k]];
                part[i] = best[geography->cell[i]];
            }
        }
    }
}

/* Two cells of a commune that touch by a corner only would give a ring that crosses its
 * own point. Returns how many were mended. */
static int mend_corners(sample_geography *geography) {
    int mended = 0;
    for (int row = 0; row + 1 < LATTICE_HEIGHT; row++) {
        for (int column = 0; column + 1 < LATTICE_WIDTH; column++) {
            int16_t *a = &geography->cell[cell_at(column, row)];
            int16_t *b = a + 1, *c = a + LATTICE_WIDTH, *d = c + 1;
            if (*a == *d && *b != *a && *c != *a) {
                *b = *a;
                mended++;
            } else if (*b == *c && *a != *b && *d != *b) {
                *a = *b;
                mended++;
            }
        }
    }
    return mended;
}

/* Whether the square of `side` cells from (column, row) is all of commune `c`. */
static bool all_of(const sample_geography *geography, int column, int row, int side,
                   int c) {
    for (int y = row; y < row + side; y++) {
        for (int x = column; x < column + side; x++) {
            if (geography->cell[cell_at(x, y)] != c) {
                return false;
            }
        }
    }
    return true;
}

/* Gives a block of `side` cells, deep inside `host`, to `guest`. */
static bool inlay(sample_geography *geography, int host, int guest, int side) {
    int frame = side + 2;
    for (int row = 0; row + frame <= LATTICE_HEIGHT; row++) {
        for (int column = 0; column + frame <= LATTICE_WIDTH; column++) {
            if (!all_of(geography, column, row, frame, host)) {
                continue;
            }
            for (int y = row + 1; y <= row + side; y++) {
                for (int x = column + 1; x <= column + side; x++) {
                    geography->cell[cell_at(x, y)] = (int16_t)guest;
                }
            }
            return true;
        }
    }
    return false;
}

/* One commune inside another (a hole in its host), and one with a piece far from it. */
static void make_oddities(sample_geography *geography) {
    int enclave = 6 * SAMPLE_COLUMNS + 4, host = 6 * SAMPLE_COLUMNS + 5;
    for (int i = 0; i < LATTICE_CELLS; i++) {
        if (geography->cell[i] == enclave) {
            geography->cell[i] = (int16_t)host;
        }
    }
    for (int side = 3; side > 0 && !inlay(geography, host, enclave, side); side--) {
    }
    int exclave_of = 4 * SAMPLE_COLUMNS + 6, around = 6 * SAMPLE_COLUMNS + 6;
    for (int side = 2; side > 0 && !inlay(geography, around, exclave_of, side); side--) {
    }
}

void sample_lattice_make(sample_geography *geography) {
    site sites[SAMPLE_COMMUNES];
    place_points(geography);
    place_sites(geography, sites);
    assign_cells(geography, sites);
    for (int i = 0; i < 12; i++) {
        drop_crumbs(geography);
        if (mend_corners(geography) == 0) {
            break;
        }
    }
    make_oddities(geography);
}
