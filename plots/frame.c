#include "frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"
#include "irminon/text.h"
#include "text.h"

/* A bare figure stands in a column of a page, which has margins of its own. */
static const double MARGIN = 14, BARE_MARGIN = 1, BARE_WIDTH = 480, LEAST_PLOT = 60;

double frame_width(const irm_canvas *request, double width) {
    double natural = request->bare ? fmin(width, BARE_WIDTH) : width;
    return request->width > 0 ? request->width : natural;
}

static double margin_of(const frame *around) {
    return around->bare ? BARE_MARGIN : MARGIN;
}

const char *frame_lang(const frame *around) { return around->french ? "fr" : "en"; }

const char *frame_say(const frame *around, const char *french, const char *english) {
    return around->french ? french : english;
}

/* Without memory: NaN while measuring, or told to the page while drawing. */
static double without_memory(canvas *page, double y) {
    if (page == NULL) {
        return NAN;
    }
    canvas_failed(page, IRM_STATUS_NO_MEMORY);
    return y;
}

/* Lines of one of the head's words; draws them where a page is given. */
static double put_lines(canvas *page, const char *text, font face, double x, double y,
                        double width) {
    lines these = text_wrap(text, face, width, 4);
    if (these.failed) {
        return without_memory(page, y);
    }
    for (size_t i = 0; i < these.count; i++) {
        y += style_leading(face);
        if (page != NULL) {
            canvas_text(page, x, y, ANCHOR_START, face, these.text[i]);
        }
    }
    lines_clear(&these);
    return y;
}

static double put_unit(const frame *around, canvas *page, double y, double width) {
    const char *unit = around->caption->unit;
    if (unit == NULL || unit[0] == '\0') {
        return y;
    }
    irm_buffer text = {0};
    irm_buffer_text(&text, frame_say(around, "en ", "in "));
    irm_buffer_text(&text, unit);
    if (text.failed) {
        y = without_memory(page, y);
    } else {
        font face = style_colour(style_value(), INK_FAINT);
        y = put_lines(page, text.data, face, margin_of(around), y, width);
    }
    irm_buffer_clear(&text);
    return y;
}

static double put_head(const frame *around, canvas *page, double width) {
    double margin = margin_of(around), room = width - 2 * margin;
    double y = around->bare ? 0 : MARGIN - 6;
    if (!around->bare) {
        y = put_lines(page, around->caption->title, style_title(), margin, y, room);
        y = put_lines(page, around->caption->subtitle, style_subtitle(), margin, y, room);
    }
    return put_unit(around, page, y, room) + 8;
}

/* "Lecture : …", its first word bold, wrapped. */
static double put_note(canvas *page, const char *label, const char *text, double y,
                       double width) {
    if (text == NULL || text[0] == '\0') {
        return y;
    }
    font face = style_note(), strong = style_bold(face);
    double wider = text_width(label, strong) - text_width(label, face);
    irm_buffer whole = {0};
    irm_buffer_text(&whole, label);
    irm_buffer_text(&whole, text);
    lines these = {0};
    if (!whole.failed) {
        these = text_wrap(whole.data, face, width - 2 * MARGIN - wider, 0);
    }
    if (whole.failed || these.failed) {
        y = without_memory(page, y);
    }
    size_t length = strlen(label);
    for (size_t i = 0; i < these.count; i++) {
        y += style_leading(face);
        double x = MARGIN;
        const char *line = these.text[i];
        if (page != NULL && i == 0 && strncmp(line, label, length) == 0) {
            canvas_text(page, x, y, ANCHOR_START, strong, label);
            x += text_width(label, strong);
            line += length;
        }
        if (page != NULL) {
            canvas_text(page, x, y, ANCHOR_START, face, line);
        }
    }
    lines_clear(&these);
    irm_buffer_clear(&whole);
    return y + 2;
}

static double put_foot(const frame *around, canvas *page, double y, double width) {
    const irm_caption *words = around->caption;
    if (around->bare) {
        return y;
    }
    y = put_note(page, frame_say(around, "Lecture : ", "Reading: "), words->lecture, y,
                 width);
    y = put_note(page, frame_say(around, "Champ : ", "Coverage: "), words->champ, y,
                 width);
    y = put_note(page, frame_say(around, "Note : ", "Note: "), words->note, y, width);
    return put_note(page, frame_say(around, "Source : ", "Source: "), words->source, y,
                    width);
}

irm_status frame_open(frame *around, const irm_caption *caption,
                      const irm_canvas *request, double width, double plot_height,
                      irm_error *error) {
    *around = (frame){.caption = caption, .bare = request->bare};
    around->french = caption->lang == NULL || strcmp(caption->lang, "en") != 0;
    width = frame_width(request, width);
    double head = put_head(around, NULL, width);
    double foot = put_foot(around, NULL, 0, width) + (around->bare ? 2 : MARGIN);
    if (isnan(head) || isnan(foot)) {
        return irm_fail_memory(error);
    }
    if (request->height > 0) {
        plot_height = fmax(request->height - head - foot, LEAST_PLOT);
    }
    /* Whole points in a PDF. */
    double height = 4 * ceil((head + plot_height + foot) / 4);
    IRM_TRY(canvas_open(&around->page, request, width, height, caption->title,
                        caption->lecture, error));
    put_head(around, around->page, width);
    around->left = margin_of(around);
    around->right = width - margin_of(around);
    around->top = head;
    around->bottom = head + plot_height;
    return IRM_OK;
}

irm_status frame_close(frame *around, irm_error *error) {
    double width = canvas_width(around->page);
    double foot = put_foot(around, NULL, 0, width) + (around->bare ? 2 : MARGIN);
    if (isnan(foot)) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
        foot = MARGIN;
    }
    put_foot(around, around->page, canvas_height(around->page) - foot + 4, width);
    return canvas_close(around->page, error);
}

void frame_message(frame *around, const char *message) {
    font face = style_colour(style_label(), INK_FAINT);
    double x = (around->left + around->right) / 2;
    lines these = text_wrap(message, face, around->right - around->left - 40, 0);
    if (these.failed) {
        canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
    }
    double y = (around->top + around->bottom) / 2 -
               style_leading(face) * (double)these.count / 2 + face.size;
    canvas_rectangle(around->page, INK(0xF5F7F9), around->left, around->top,
                     around->right, around->bottom);
    for (size_t i = 0; i < these.count; i++) {
        canvas_text(around->page, x, y, ANCHOR_MIDDLE, face, these.text[i]);
        y += style_leading(face);
    }
    lines_clear(&these);
}

const char *frame_no_data(const frame *around) {
    return frame_say(around, "Aucune donnée disponible pour cette figure",
                     "No data available for this figure");
}

void frame_key(frame *around, size_t n, const char *const *names, const ink *colours) {
    font face = style_label();
    double x = around->left, y = around->top + 14, swatch = 11;
    for (size_t i = 0; i < n; i++) {
        char *name = text_fit(names[i] != NULL ? names[i] : "", face,
                              around->right - around->left - swatch - 8);
        if (name == NULL) {
            canvas_failed(around->page, IRM_STATUS_NO_MEMORY);
            return;
        }
        double width = swatch + 6 + text_width(name, face);
        if (x > around->left && x + width > around->right) {
            x = around->left;
            y += 18;
        }
        canvas_rectangle(around->page, colours[i], x, y - swatch + 1, x + swatch, y + 1);
        canvas_text(around->page, x + swatch + 6, y, ANCHOR_START, face, name);
        x += width + 20;
        irm_free(name);
    }
    around->top = y + 14;
}
