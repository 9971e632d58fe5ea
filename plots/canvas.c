/* The one file that includes PLplot. */
#include "canvas.h"

#include <math.h>
#include <plplot/plplot.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "irminon/files.h"
#include "irminon/memory.h"
#include "irminon/text.h"
#include "style.h"

/* PLplot draws in 16-bit coordinates over the longer side; a page beyond this would show
 * the rounding. */
enum { MAX_SIDE = 8192, MAX_PIXELS = 16000, CIRCLE_POINTS = 96 };
static const double MILLIMETRES_PER_POINT = 25.4 / 72.0;
/* PLplot's Cairo and SVG devices put the middle of text at its reference point; the
 * baseline is this part of the size below it (measured: the half of a size in points). */
static const double BASELINE_SHIFT = 0.375;

struct canvas {
    const device *kind;
    char *path;
    double width, height; /* CSS pixels */
    double scale;         /* device units per CSS pixel */
    svg_words words;      /* for the SVG */
    bool *halos;          /* of each text drawn, for the SVG */
    size_t n_texts, halo_capacity;
    const char *tip; /* borrowed; of the next fills */
    svg_tip *tips;
    size_t n_tips, tip_capacity;
    FILE *stream;
    char *bytes; /* what the device wrote */
    size_t size;
    PLINT stream_number, previous_stream;
    double font_size;
    int font_bold;
    irm_status failed;
};

/* PLplot keeps its state in globals: one page at a time. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

ink ink_fade(ink colour, double alpha) {
    return (colour & 0xFFFFFF00u) | (uint32_t)lround(255.0 * fmin(fmax(alpha, 0.0), 1.0));
}

double canvas_width(const canvas *page) { return page->width; }
double canvas_height(const canvas *page) { return page->height; }

double canvas_grain(const canvas *page) {
    return page->kind->form == DEVICE_PNG ? 0.25 / page->scale : 0.1;
}

void canvas_failed(canvas *page, irm_status status) {
    if (page->failed == IRM_OK) {
        page->failed = status;
    }
}

typedef void device_list(PLCHAR_VECTOR **menus, PLCHAR_VECTOR **names, int *count);

static bool listed(device_list *list, const char *name) {
    enum { MOST = 64 };
    PLCHAR_VECTOR menus[MOST] = {NULL}, names[MOST] = {NULL};
    PLCHAR_VECTOR *menu_list = menus, *name_list = names;
    int count = MOST;
    list(&menu_list, &name_list, &count);
    for (int i = 0; i < count && i < MOST; i++) {
        if (name_list[i] != NULL && strcmp(name_list[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* PLplot would ask on the terminal for another device: look before. Its lists of file
 * devices and of the others are not what they say (svg is among the others). */
static bool plplot_has(const char *name) {
    return listed(plgFileDevs, name) || listed(plgDevs, name);
}

static void begin_page(canvas *page) {
    plgstrm(&page->previous_stream);
    plmkstrm(&page->stream_number);
    plsdev(page->kind->plplot_name);
    plsfile(page->stream);
    plspage(0, 0, (PLINT)lround(page->width * page->scale),
            (PLINT)lround(page->height * page->scale), 0, 0);
    plscol0(0, 255, 255, 255);
    plinit();
    pladv(0);
    plvpor(0, 1, 0, 1);
    plwind(0, page->width, page->height, 0);
}

static irm_status check_size(const irm_canvas *request, double width, double height,
                             double scale, irm_error *error) {
    if (!(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE)) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "a figure of %g × %g pixels cannot be drawn: sides go from 1 to %d", width,
            height, MAX_SIDE);
    }
    if (!(scale > 0 && scale * fmax(width, height) <= MAX_PIXELS)) {
        return irm_fail(
            error, IRM_STATUS_USAGE,
            "a PNG of %g × %g pixels at a scale of %g is too large: at most %d "
            "dots a side",
            width, height, request->scale, MAX_PIXELS);
    }
    return IRM_OK;
}

irm_status canvas_open(canvas **result, const irm_canvas *request, double width,
                       double height, const char *title, const char *description,
                       irm_error *error) {
    *result = NULL;
    const device *kind = device_of(request->path);
    if (kind == NULL) {
        return irm_fail_at(error, IRM_STATUS_USAGE, request->path ? request->path : "", 0,
                           0, NULL, "figures are written as .svg, .png or .pdf");
    }
    double png_scale = request->scale == 0 ? 2 : request->scale;
    double scale = kind->form == DEVICE_PNG ? png_scale : kind->scale;
    if (kind->form == DEVICE_PNG) {
        IRM_TRY(check_size(request, width, height, scale, error));
    } else {
        IRM_TRY(check_size(request, width, height, 1, error));
    }
    canvas *page = irm_calloc(1, sizeof *page);
    if (page == NULL) {
        return irm_fail_memory(error);
    }
    page->kind = kind;
    page->width = width;
    page->height = height;
    page->scale = scale;
    page->words = (svg_words){.title = title, .description = description};
    page->path = irm_strdup(request->path);
    page->stream = page->path ? open_memstream(&page->bytes, &page->size) : NULL;
    if (page->stream == NULL) {
        irm_free(page->path);
        irm_free(page);
        return irm_fail_memory(error);
    }
    pthread_mutex_lock(&turn);
    if (!plplot_has(kind->plplot_name)) {
        pthread_mutex_unlock(&turn);
        fclose(page->stream);
        free(page->bytes);
        irm_free(page->path);
        irm_free(page);
        return irm_fail(error, IRM_STATUS_NOT_FOUND,
                        "PLplot has no '%s' device here: install its Cairo drivers "
                        "(Debian: plplot-driver-cairo)",
                        kind->plplot_name);
    }
    begin_page(page);
    *result = page;
    return IRM_OK;
}

/* PLplot closes the stream, which completes the bytes in memory. */
static void end_page(canvas *page) {
    plend1();
    plsstrm(page->previous_stream);
    pthread_mutex_unlock(&turn);
}

static void free_page(canvas *page) {
    free(page->bytes); /* the C library's own, from open_memstream */
    irm_free(page->halos);
    for (size_t i = 0; i < page->n_tips; i++) {
        irm_free(page->tips[i].text);
    }
    irm_free(page->tips);
    irm_free(page->path);
    irm_free(page);
}

irm_status canvas_close(canvas *page, irm_error *error) {
    end_page(page);
    irm_status status = page->failed;
    if (status == IRM_OK && page->bytes == NULL) {
        status = IRM_STATUS_NO_MEMORY;
    }
    if (status == IRM_STATUS_NO_MEMORY) {
        status = irm_fail_memory(error);
    } else if (status != IRM_OK) {
        status = irm_fail(error, status, "the figure %s could not be drawn", page->path);
    } else if (page->kind->form == DEVICE_SVG) {
        irm_buffer svg = {0};
        page->words.width = page->width;
        page->words.height = page->height;
        page->words.scale = page->scale;
        page->words.baseline = BASELINE_SHIFT;
        page->words.halos = page->halos;
        page->words.n_texts = page->n_texts;
        page->words.tips = page->tips;
        page->words.n_tips = page->n_tips;
        status = svg_rewrite(page->bytes, page->size, &page->words, &svg, error);
        if (status == IRM_OK) {
            status = irm_write_file(page->path, svg.data, svg.size, error);
        }
        irm_buffer_clear(&svg);
    } else {
        if (page->kind->form == DEVICE_PDF) {
            pdf_forget_date(page->bytes, page->size);
        }
        status = irm_write_file(page->path, page->bytes, page->size, error);
    }
    free_page(page);
    return status;
}

static void use_ink(ink colour) {
    plscol0a(1, (PLINT)(colour >> 24), (PLINT)(colour >> 16 & 0xFF),
             (PLINT)(colour >> 8 & 0xFF), (colour & 0xFF) / 255.0);
    plcol0(1);
}

/* A width of 0 means 1 to Cairo: a thousandth is what cannot be seen. */
static void use_width(const canvas *page, double width) {
    plwidth(fmax(width * page->scale, 0.001));
}

void canvas_tip(canvas *page, const char *text) {
    page->tip = page->kind->form == DEVICE_SVG ? text : NULL;
}

/* Where the device's bytes of a fill are: PLplot may have had nothing to write. */
static void remember_tip(canvas *page, long from, long to) {
    if (from < 0 || to <= from) {
        return;
    }
    char *text = irm_strdup(page->tip);
    if (text == NULL ||
        irm_reserve((void **)&page->tips, &page->tip_capacity, page->n_tips + 1,
                    sizeof *page->tips, NULL) != IRM_OK) {
        irm_free(text);
        canvas_failed(page, IRM_STATUS_NO_MEMORY);
        return;
    }
    page->tips[page->n_tips++] =
        (svg_tip){.from = (size_t)from, .to = (size_t)to, .text = text};
}

void canvas_fill(canvas *page, ink colour, double edge, size_t n, const double *x,
                 const double *y) {
    if (n < 3 || n > INT32_MAX / 2) {
        return;
    }
    use_ink(colour);
    use_width(page, edge);
    long from = ftell(page->stream);
    plfill((PLINT)n, x, y);
    if (page->tip != NULL) {
        remember_tip(page, from, ftell(page->stream));
    }
}

void canvas_rectangle(canvas *page, ink colour, double left, double top, double right,
                      double bottom) {
    const double x[] = {left, right, right, left}, y[] = {top, top, bottom, bottom};
    canvas_fill(page, colour, 0, 4, x, y);
}

/* Dashes are cut here, so that they look the same on every device. */
static void draw_dashes(const pen *stroke, size_t n, const double *x, const double *y) {
    double left = stroke->dash;
    bool on = true;
    for (size_t i = 0; i + 1 < n; i++) {
        double length = hypot(x[i + 1] - x[i], y[i + 1] - y[i]);
        double at = 0;
        while (at < length) {
            double step = fmin(left, length - at);
            if (on) {
                const double from = at / length, to = (at + step) / length;
                const double dx[] = {x[i] + from * (x[i + 1] - x[i]),
                                     x[i] + to * (x[i + 1] - x[i])};
                const double dy[] = {y[i] + from * (y[i + 1] - y[i]),
                                     y[i] + to * (y[i + 1] - y[i])};
                plline(2, dx, dy);
            }
            at += step;
            left -= step;
            if (left <= 0) {
                on = !on;
                left = on ? stroke->dash : stroke->gap;
            }
        }
    }
}

void canvas_line(canvas *page, pen stroke, size_t n, const double *x, const double *y) {
    if (n < 2 || n > INT32_MAX / 2) {
        return;
    }
    use_ink(stroke.colour);
    use_width(page, stroke.width);
    if (stroke.dash > 0 && stroke.gap > 0) {
        draw_dashes(&stroke, n, x, y);
    } else {
        plline((PLINT)n, x, y);
    }
}

void canvas_segment(canvas *page, pen stroke, double x1, double y1, double x2,
                    double y2) {
    const double x[] = {x1, x2}, y[] = {y1, y2};
    canvas_line(page, stroke, 2, x, y);
}

void canvas_circle(canvas *page, ink fill, pen outline, double x, double y,
                   double radius) {
    double px[CIRCLE_POINTS + 1], py[CIRCLE_POINTS + 1];
    int n = 4 * (int)fmin(ceil(4 + radius / 2), CIRCLE_POINTS / 4);
    for (int i = 0; i <= n; i++) {
        double angle = 2 * M_PI * (i % n) / n;
        px[i] = x + radius * cos(angle);
        py[i] = y + radius * sin(angle);
    }
    if ((fill & 0xFF) != 0) {
        canvas_fill(page, fill, 0, (size_t)n, px, py);
    }
    if (outline.width > 0) {
        canvas_line(page, outline, (size_t)n + 1, px, py);
    }
}

/* What PLplot takes: valid UTF-8 on one line, its escape character doubled. */
static void escape_text(irm_buffer *safe, const char *text) {
    size_t size = strnlen(text, TEXT_MOST);
    bool valid = irm_utf8_valid(text, strlen(text));
    while (valid && size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80) {
        size--;
    }
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '#') {
            irm_buffer_text(safe, "##");
        } else if (c < 0x20 || c == 0x7F) {
            irm_buffer_text(safe, " ");
        } else if (c >= 0x80 && !valid) {
            irm_buffer_text(safe, "?");
        } else {
            irm_buffer_add(safe, &text[i], 1);
        }
    }
}

static void use_font(canvas *page, font face) {
    if (face.size != page->font_size) {
        /* The SVG device truncates sizes to whole units: a hair above. */
        double device_size = face.size * page->scale * page->kind->text_ratio + 0.01;
        plschr(device_size * MILLIMETRES_PER_POINT, 1);
        page->font_size = face.size;
    }
    if (page->font_bold != (face.bold ? 2 : 1)) {
        plsfont(PL_FCI_SANS, PL_FCI_UPRIGHT, face.bold ? PL_FCI_BOLD : PL_FCI_MEDIUM);
        page->font_bold = face.bold ? 2 : 1;
    }
}

static void remember_halo(canvas *page, bool halo) {
    if (page->kind->form != DEVICE_SVG) {
        return;
    }
    if (irm_reserve((void **)&page->halos, &page->halo_capacity, page->n_texts + 1,
                    sizeof *page->halos, NULL) != IRM_OK) {
        canvas_failed(page, IRM_STATUS_NO_MEMORY);
        return;
    }
    page->halos[page->n_texts++] = halo;
}

/* Where there is no stroked text: the same words in white, around. */
static void draw_halo(double x, double y, double just, const char *text) {
    enum { AROUND = 12 };
    use_ink(INK(0xFFFFFF));
    for (int i = 0; i < AROUND; i++) {
        double angle = 2 * M_PI * i / AROUND;
        plptex(x + 1.3 * cos(angle), y + 1.3 * sin(angle), 1, 0, just, text);
    }
}

void canvas_text(canvas *page, double x, double y, anchor place, font face,
                 const char *text) {
    irm_buffer safe = {0};
    if (text == NULL || text[0] == '\0') {
        return;
    }
    escape_text(&safe, text);
    if (safe.failed) {
        canvas_failed(page, IRM_STATUS_NO_MEMORY);
        irm_buffer_clear(&safe);
        return;
    }
    use_font(page, face);
    double just = place == ANCHOR_START ? 0 : place == ANCHOR_MIDDLE ? 0.5 : 1;
    double reference = y - BASELINE_SHIFT * face.size;
    if (face.halo && page->kind->form != DEVICE_SVG) {
        draw_halo(x, reference, just, safe.data);
    }
    use_ink(face.colour);
    remember_halo(page, face.halo);
    plptex(x, reference, 1, 0, just, safe.data);
    irm_buffer_clear(&safe);
}
