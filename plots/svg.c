/* From PLplot's SVG to ours. The reader knows the few elements that device writes:
 * polylines (lines and fills) and text; everything else there is scaffolding. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

enum { MOST_ATTRIBUTES = 16 };

typedef struct attribute {
    irm_view name, value;
} attribute;

typedef struct element {
    irm_view name;
    attribute attributes[MOST_ATTRIBUTES];
    size_t n_attributes;
} element;

typedef struct rewriter {
    const char *start, *at, *end;
    const svg_words *words;
    irm_buffer *svg;
    char style[256]; /* of the group that is open; "" for none */
    bool in_path;    /* a path of lines that can take more */
    size_t n_texts, next_tip;
} rewriter;

static irm_view attribute_of(const element *of, const char *name) {
    for (size_t i = 0; i < of->n_attributes; i++) {
        if (irm_view_equals(of->attributes[i].name, name)) {
            return of->attributes[i].value;
        }
    }
    return (irm_view){.data = "", .size = 0};
}

/* A number as PLplot's printf wrote it, in the C form. */
static double number_at(const char **at, const char *end) {
    const char *p = *at;
    double sign = 1, value = 0, unit = 1;
    if (p < end && (*p == '-' || *p == '+')) {
        sign = *p++ == '-' ? -1 : 1;
    }
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        value = value * 10 + (*p - '0');
    }
    if (p < end && *p == '.') {
        for (p++; p < end && *p >= '0' && *p <= '9'; p++) {
            unit /= 10;
            value += unit * (*p - '0');
        }
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        bool negative = p < end && *p == '-';
        int exponent = 0;
        p += p < end && (*p == '-' || *p == '+');
        for (; p < end && *p >= '0' && *p <= '9' && exponent < 400; p++) {
            exponent = exponent * 10 + (*p - '0');
        }
        value *= pow(10, negative ? -exponent : exponent);
    }
    *at = p;
    return sign * value;
}

static double attribute_number(const element *of, const char *name) {
    irm_view value = attribute_of(of, name);
    const char *at = value.data;
    return number_at(&at, value.data + value.size);
}

static bool name_byte(char c) {
    return c != '>' && c != '/' && c != '=' && (unsigned char)c > ' ';
}

static irm_view read_name(rewriter *w) {
    const char *start = w->at;
    while (w->at < w->end && name_byte(*w->at)) {
        w->at++;
    }
    return (irm_view){.data = start, .size = (size_t)(w->at - start)};
}

static bool read_attribute(rewriter *w, element *into) {
    while (w->at < w->end && (unsigned char)*w->at <= ' ') {
        w->at++;
    }
    irm_view name = read_name(w);
    if (name.size == 0 || w->at + 1 >= w->end || w->at[0] != '=' || w->at[1] != '"') {
        return false;
    }
    const char *start = w->at + 2;
    const char *quote = memchr(start, '"', (size_t)(w->end - start));
    if (quote == NULL) {
        return false;
    }
    if (into->n_attributes < MOST_ATTRIBUTES) {
        into->attributes[into->n_attributes++] = (attribute){
            .name = name, .value = {.data = start, .size = (size_t)(quote - start)}};
    }
    w->at = quote + 1;
    return true;
}

/* The next opening tag; leaves the reader after its attributes. */
static bool next_element(rewriter *w, element *into) {
    for (;;) {
        const char *start = memchr(w->at, '<', (size_t)(w->end - w->at));
        if (start == NULL || start + 1 >= w->end) {
            return false;
        }
        w->at = start + 1;
        if (*w->at != '/' && *w->at != '?' && *w->at != '!') {
            break;
        }
    }
    into->n_attributes = 0;
    into->name = read_name(w);
    while (read_attribute(w, into)) {
    }
    return true;
}

/* Tenths of a pixel: "12.3", "-.4", "5". */
static void put_tenths(irm_buffer *svg, long tenths) {
    long size = labs(tenths);
    irm_buffer_text(svg, tenths < 0 ? "-" : "");
    if (size >= 10 || size == 0) {
        irm_buffer_format(svg, "%ld", size / 10);
    }
    if (size % 10 != 0) {
        irm_buffer_format(svg, ".%ld", size % 10);
    }
}

/* A sign separates as well as a space does. */
static void put_pair(irm_buffer *svg, long x, long y) {
    put_tenths(svg, x);
    irm_buffer_text(svg, y < 0 ? "" : " ");
    put_tenths(svg, y);
}

static long to_tenths(const rewriter *w, double units) {
    return lround(units * 10.0 / w->words->scale);
}

/* SVG's y goes down and PLplot's up. */
static long y_tenths(const rewriter *w, double units) {
    return lround(w->words->height * 10.0) - to_tenths(w, units);
}

static void put_points(rewriter *w, irm_view points, bool closed) {
    const char *p = points.data, *end = points.data + points.size;
    long x0 = 0, y0 = 0;
    size_t n = 0;
    bool lines = false;
    while (p < end) {
        if ((*p < '0' || *p > '9') && *p != '-' && *p != '.') {
            p++;
            continue;
        }
        long x = to_tenths(w, number_at(&p, end));
        p += p < end && *p == ',';
        long y = y_tenths(w, number_at(&p, end));
        if (n == 0) {
            irm_buffer_text(w->svg, "M");
            put_pair(w->svg, x, y);
        } else if (x != x0 || y != y0) {
            irm_buffer_text(w->svg, lines ? (x < x0 ? "" : " ") : "l");
            put_pair(w->svg, x - x0, y - y0);
            lines = true;
        }
        x0 = x;
        y0 = y;
        n++;
    }
    irm_buffer_text(w->svg, closed ? "z" : lines ? "" : "l0 0");
}

static void end_path(rewriter *w) {
    irm_buffer_text(w->svg, w->in_path ? "\"/>\n" : "");
    w->in_path = false;
}

static void use_style(rewriter *w, const char *style) {
    if (strcmp(w->style, style) == 0) {
        return;
    }
    end_path(w);
    irm_buffer_text(w->svg, w->style[0] != '\0' ? "</g>\n" : "");
    if (style[0] != '\0') {
        irm_buffer_format(w->svg, "<g %s>\n", style);
    }
    memcpy(w->style, style, strlen(style) + 1);
}

static void style_of(const rewriter *w, const element *line, char *style, size_t size) {
    irm_buffer text = {0};
    irm_view fill = attribute_of(line, "fill"), stroke = attribute_of(line, "stroke");
    double opacity = attribute_number(line, "fill-opacity");
    double stroke_opacity = attribute_number(line, "stroke-opacity");
    double width = attribute_number(line, "stroke-width") / w->words->scale;
    bool filled = !irm_view_equals(fill, "none");
    irm_buffer_format(&text, "fill=\"%.*s\"", (int)fill.size, fill.data);
    if (filled && opacity < 0.999) {
        irm_buffer_format(&text, " fill-opacity=\".%02ld\"", lround(opacity * 100));
    }
    if (width > 0.01 && stroke.size > 0 && !irm_view_equals(stroke, "none")) {
        irm_buffer_format(&text, " stroke=\"%.*s\" stroke-width=\"", (int)stroke.size,
                          stroke.data);
        irm_buffer_format(&text, "%ld.%02ld\"", lround(width * 100) / 100,
                          lround(width * 100) % 100);
        if (stroke_opacity < 0.999) {
            irm_buffer_format(&text, " stroke-opacity=\".%02ld\"",
                              lround(stroke_opacity * 100));
        }
    }
    style[0] = '\0';
    if (!text.failed && text.size < size) {
        memcpy(style, text.data, text.size + 1);
    }
    w->svg->failed = w->svg->failed || text.failed;
    irm_buffer_clear(&text);
}

/* The words for the element just read, or NULL. */
static const char *tip_here(rewriter *w) {
    const svg_words *words = w->words;
    size_t here = (size_t)(w->at - w->start);
    while (w->next_tip < words->n_tips && words->tips[w->next_tip].to < here) {
        w->next_tip++;
    }
    bool mine = w->next_tip < words->n_tips && words->tips[w->next_tip].from < here;
    return mine ? words->tips[w->next_tip].text : NULL;
}

static void put_fill(rewriter *w, const element *area) {
    const char *tip = tip_here(w);
    end_path(w);
    irm_buffer_text(w->svg, "<path d=\"");
    put_points(w, attribute_of(area, "points"), true);
    if (tip == NULL) {
        irm_buffer_text(w->svg, "\"/>\n");
        return;
    }
    irm_buffer_text(w->svg, "\"><title>");
    irm_buffer_xml(w->svg, tip);
    irm_buffer_text(w->svg, "</title></path>\n");
}

static void rewrite_line(rewriter *w, const element *line) {
    char style[sizeof w->style];
    style_of(w, line, style, sizeof style);
    use_style(w, style);
    if (!irm_view_equals(attribute_of(line, "fill"), "none")) {
        put_fill(w, line);
        return;
    }
    irm_buffer_text(w->svg, w->in_path ? "" : "<path d=\"");
    put_points(w, attribute_of(line, "points"), false);
    w->in_path = true;
}

static void put_character(irm_buffer *svg, unsigned long c) {
    char utf8[5] = {0};
    if (c < 0x80) {
        utf8[0] = (char)c;
    } else if (c < 0x800) {
        utf8[0] = (char)(0xC0 | c >> 6);
        utf8[1] = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        utf8[0] = (char)(0xE0 | c >> 12);
        utf8[1] = (char)(0x80 | (c >> 6 & 0x3F));
        utf8[2] = (char)(0x80 | (c & 0x3F));
    } else {
        utf8[0] = (char)(0xF0 | (c >> 18 & 0x07));
        utf8[1] = (char)(0x80 | (c >> 12 & 0x3F));
        utf8[2] = (char)(0x80 | (c >> 6 & 0x3F));
        utf8[3] = (char)(0x80 | (c & 0x3F));
    }
    irm_buffer_xml(svg, utf8);
}

/* The content of a text element, all of it as &#x…; within tspans. */
static void put_content(rewriter *w, const char *end) {
    for (const char *p = w->at; p < end; p++) {
        if (*p == '<') {
            const char *close = memchr(p, '>', (size_t)(end - p));
            p = close != NULL ? close : end;
        } else if (*p == '&') {
            char *after = NULL;
            put_character(w->svg, strtoul(p + 3, &after, 16));
            p = after;
        }
    }
}

static bool contains(const char *start, const char *end, const char *word) {
    size_t length = strlen(word);
    for (const char *p = start; p + length <= end; p++) {
        if (memcmp(p, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static const char *end_of_text(const rewriter *w) {
    for (const char *p = w->at; p + 7 <= w->end; p++) {
        if (memcmp(p, "</text>", 7) == 0) {
            return p;
        }
    }
    return NULL;
}

static void text_style(rewriter *w, const element *text, char *style, size_t size) {
    irm_view fill = attribute_of(text, "fill");
    double font_size = attribute_number(text, "font-size") / w->words->scale;
    bool halo = w->n_texts < w->words->n_texts && w->words->halos[w->n_texts];
    long hundredths = lround(font_size * 10) * 10;
    snprintf(style, size, "fill=\"%.*s\" font-size=\"%ld.%ld\"%s%s", (int)fill.size,
             fill.data, hundredths / 100, hundredths / 10 % 10,
             contains(w->at, end_of_text(w), "font-weight=\"bold\"")
                 ? " font-weight=\"bold\""
                 : "",
             halo ? " stroke=\"#fff\" stroke-width=\"2.6\" paint-order=\"stroke\"" : "");
}

static bool rewrite_text(rewriter *w, const element *text) {
    char style[sizeof w->style];
    const char *end = end_of_text(w);
    irm_view transform = attribute_of(text, "transform");
    if (end == NULL || transform.size < 8) {
        return false;
    }
    double matrix[6];
    const char *p = transform.data + 7; /* after "matrix(" */
    for (int i = 0; i < 6; i++) {
        matrix[i] = number_at(&p, transform.data + transform.size);
        p += p < transform.data + transform.size;
    }
    double size = attribute_number(text, "font-size") / w->words->scale;
    text_style(w, text, style, sizeof style);
    use_style(w, style);
    irm_view place = attribute_of(text, "text-anchor");
    irm_buffer_text(w->svg, "<text x=\"");
    put_tenths(w->svg, to_tenths(w, matrix[4]));
    irm_buffer_text(w->svg, "\" y=\"");
    put_tenths(w->svg, y_tenths(w, matrix[5]) + lround(10 * w->words->baseline * size));
    irm_buffer_text(w->svg, "\"");
    if (!irm_view_equals(place, "start")) {
        irm_buffer_format(w->svg, " text-anchor=\"%.*s\"", (int)place.size, place.data);
    }
    irm_buffer_text(w->svg, ">");
    put_content(w, end);
    irm_buffer_text(w->svg, "</text>\n");
    w->n_texts++;
    w->at = end;
    return true;
}

static void put_head(irm_buffer *svg, const svg_words *words) {
    long width = lround(words->width * 10), height = lround(words->height * 10);
    irm_buffer_text(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ");
    put_pair(svg, width, height);
    irm_buffer_text(svg, "\" width=\"");
    put_tenths(svg, width);
    irm_buffer_text(svg, "\" height=\"");
    put_tenths(svg, height);
    irm_buffer_text(svg,
                    "\" style=\"max-width:100%;height:auto\" role=\"img\" "
                    "font-family=\"'DejaVu Sans',Verdana,sans-serif\" "
                    "stroke-linejoin=\"round\">\n");
    if (words->title != NULL) {
        irm_buffer_text(svg, "<title>");
        irm_buffer_xml(svg, words->title);
        irm_buffer_text(svg, "</title>\n");
    }
    if (words->description != NULL) {
        irm_buffer_text(svg, "<desc>");
        irm_buffer_xml(svg, words->description);
        irm_buffer_text(svg, "</desc>\n");
    }
    irm_buffer_text(svg, "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
}

irm_status svg_rewrite(const char *plplot, size_t size, const svg_words *words,
                       irm_buffer *svg, irm_error *error) {
    rewriter w = {
        .start = plplot, .at = plplot, .end = plplot + size, .words = words, .svg = svg};
    element tag;
    bool understood = size > 0;
    put_head(svg, words);
    while (understood && next_element(&w, &tag)) {
        if (irm_view_equals(tag.name, "polyline")) {
            rewrite_line(&w, &tag);
        } else if (irm_view_equals(tag.name, "text")) {
            understood = rewrite_text(&w, &tag);
        }
    }
    use_style(&w, "");
    irm_buffer_text(svg, "</svg>\n");
    if (!understood) {
        return irm_fail(error, IRM_STATUS_INTERNAL,
                        "PLplot's svg device wrote what Irminon does not read");
    }
    return svg->failed ? irm_fail_memory(error) : IRM_OK;
}
