/* The house style: every colour, size and margin of a figure. */
#ifndef IRMINON_PLOTS_STYLE_H
#define IRMINON_PLOTS_STYLE_H

#include "canvas.h"

enum {
    TEXT_MOST = 400 /* bytes of one line; PLplot takes no more than 1023 characters */
};

/* Greys, from text to the faintest line. */
#define INK_TEXT INK(0x1F2933)
#define INK_SOFT INK(0x52606D)
#define INK_FAINT INK(0x7B8794)
#define INK_AXIS INK(0x9AA5B1)
#define INK_GRID INK(0xE1E6EB)
#define INK_LAND INK(0xE2E8ED)
#define INK_AROUND INK(0xF5F6F7)
#define INK_WHITE INK(0xFFFFFF)
#define INK_MEN INK(0x2F6DA8)
#define INK_WOMEN INK(0xE08F2C)

/* Sizes in CSS pixels. */
font style_title(void);
font style_subtitle(void);
font style_label(void); /* names, legends */
font style_value(void); /* values, ticks */
font style_note(void);  /* Lecture, Champ, Note, Source */
font style_bold(font face);
font style_colour(font face, ink colour);

pen style_grid(void);
pen style_axis(void);

/* Distance between the baselines of two lines. */
double style_leading(font face);

/* Colours of `n` classes from low to high, light to dark; readable by colour-blind eyes
 * and in grey (lightness is monotone). `class` from 0. */
ink style_sequential(size_t class, size_t n);
/* Two arms around a light middle: `below` classes under it, `above` over it. */
ink style_diverging(size_t class, size_t below, size_t above);
/* Series told apart by hue and lightness; the first is the territory's own. */
ink style_series(size_t series);
enum { STYLE_SERIES = 8 };
/* Categories without order, told apart by the common colour-blind eyes (P. Tol, "Colour
 * schemes", muted, with two of his earlier twelve); beyond them, the same ones paler. */
ink style_category(size_t category);
enum { STYLE_CATEGORIES = 11 };

#endif
