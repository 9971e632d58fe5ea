#include "style.h"

#include <math.h>

font style_title(void) { return (font){.size = 16, .bold = true, .colour = INK_TEXT}; }
font style_subtitle(void) { return (font){.size = 12.5, .colour = INK_SOFT}; }
font style_label(void) { return (font){.size = 12, .colour = INK_TEXT}; }
font style_value(void) { return (font){.size = 11, .colour = INK_SOFT}; }
font style_note(void) { return (font){.size = 10.5, .colour = INK_SOFT}; }

font style_bold(font face) {
    face.bold = true;
    return face;
}

font style_colour(font face, ink colour) {
    face.colour = colour;
    return face;
}

pen style_grid(void) { return (pen){.colour = INK_GRID, .width = 1}; }
pen style_axis(void) { return (pen){.colour = INK_AXIS, .width = 1}; }

double style_leading(font face) { return face.size * 1.4; }

typedef struct stop {
    double r, g, b;
} stop;

/* Pale sand to deep blue by green-blue: lightness falls evenly (CIE L* about 93 to 22),
 * so that order reads without hue. */
static const stop sequential[] = {
    {243, 239, 214}, {201, 222, 196}, {143, 197, 190}, {86, 164, 181},
    {43, 124, 163},  {24, 82, 133},   {16, 44, 92},
};
/* Orange and blue: the pair that every common colour blindness keeps apart. */
static const stop low_arm[] = {
    {250, 226, 190}, {240, 178, 102}, {209, 121, 38}, {140, 70, 12}};
static const stop high_arm[] = {
    {208, 226, 239}, {137, 180, 214}, {66, 124, 173}, {20, 66, 117}};

static ink blend(const stop *stops, size_t n_stops, double at) {
    double place = at * (double)(n_stops - 1);
    size_t i = place >= (double)(n_stops - 1) ? n_stops - 2 : (size_t)place;
    double t = place - (double)i;
    unsigned r = (unsigned)(stops[i].r + t * (stops[i + 1].r - stops[i].r) + 0.5);
    unsigned g = (unsigned)(stops[i].g + t * (stops[i + 1].g - stops[i].g) + 0.5);
    unsigned b = (unsigned)(stops[i].b + t * (stops[i + 1].b - stops[i].b) + 0.5);
    return INK(r << 16 | g << 8 | b);
}

ink style_sequential(size_t class, size_t n) {
    /* Few classes keep off the darkest end, where outlines and circles drown. */
    double top = n >= 6 ? 1.0 : 0.88;
    double at = n < 2 ? 0.6 : top * (double)class / (double)(n - 1);
    return blend(sequential, sizeof sequential / sizeof *sequential, at);
}

ink style_diverging(size_t class, size_t below, size_t above) {
    if (class < below) {
        double at = below < 2 ? 0.4 : (double)(below - 1 - class) / (double)(below - 1);
        return blend(low_arm, sizeof low_arm / sizeof *low_arm, 0.1 + 0.8 * at);
    }
    double at = above < 2 ? 0.4 : (double)(class - below) / (double)(above - 1);
    return blend(high_arm, sizeof high_arm / sizeof *high_arm, 0.1 + 0.8 * at);
}

ink style_series(size_t series) {
    static const ink colours[STYLE_SERIES] = {
        INK(0x0B4F8A), INK(0xE08F2C), INK(0x3E9C86), INK(0x8A8F98),
        INK(0xA8558F), INK(0x6DB3E0), INK(0x7A5A1E), INK(0xC2453C),
    };
    return colours[series % STYLE_SERIES];
}

ink style_category(size_t category) {
    static const ink colours[STYLE_CATEGORIES] = {
        INK(0x332288), INK(0x88CCEE), INK(0x117733), INK(0xDDCC77), INK(0xCC6677),
        INK(0x44AA99), INK(0x882255), INK(0x999933), INK(0xAA4499), INK(0x6699CC),
        INK(0x661100),
    };
    ink colour = colours[category % STYLE_CATEGORIES];
    double towards = fmin(0.35 * (double)(category / STYLE_CATEGORIES), 0.8);
    unsigned mixed = 0;
    for (int shift = 24; shift >= 8; shift -= 8) {
        double part = (double)(colour >> shift & 0xFF);
        mixed = mixed << 8 | (unsigned)(part + towards * (255 - part) + 0.5);
    }
    return INK(mixed);
}
