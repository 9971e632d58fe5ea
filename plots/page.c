#include "irminon/page.h"

#include <stdint.h>
#include <string.h>

#include "irminon/files.h"
#include "irminon/memory.h"
#include "page_style.h"

static void raw(irm_page *page, const char *html) { irm_buffer_text(&page->html, html); }

static void text(irm_page *page, const char *plain) {
    irm_buffer polished = {0};
    irm_typography(&polished, plain != NULL ? plain : "", page->lang);
    page->html.failed = page->html.failed || polished.failed;
    irm_buffer_xml(&page->html, polished.data != NULL ? polished.data : "");
    irm_buffer_clear(&polished);
}

/* <tag class="…">text</tag> and a line end. */
static void element(irm_page *page, const char *tag, const char *css_class,
                    const char *plain) {
    irm_buffer_format(&page->html, "<%s", tag);
    if (css_class != NULL && *css_class != '\0') {
        irm_buffer_format(&page->html, " class=\"%s\"", css_class);
    }
    raw(page, ">");
    text(page, plain);
    irm_buffer_format(&page->html, "</%s>\n", tag);
}

void irm_page_begin(irm_page *page, const char *title, const char *subtitle,
                    const char *lang, const char *banner) {
    *page = (irm_page){.lang = lang};
    irm_buffer_format(&page->html, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n", lang);
    raw(page,
        "<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"generator\" content=\"irminon " IRMINON_VERSION "\">\n");
    element(page, "title", NULL, title);
    raw(page, "<style>\n");
    raw(page, page_style);
    raw(page, page_style_beside);
    raw(page, "</style>\n</head>\n<body>\n");
    if (banner != NULL) {
        element(page, "div", "banner", banner);
    }
    raw(page, "<header class=\"page\">\n");
    element(page, "h1", NULL, title);
    if (subtitle != NULL) {
        element(page, "p", "subtitle", subtitle);
    }
    raw(page, "</header>\n<main>\n");
}

irm_status irm_page_finish(irm_page *page, const char *path, irm_error *error) {
    raw(page, "</main>\n</body>\n</html>\n");
    irm_status status =
        page->html.failed ? irm_fail_memory(error)
                          : irm_write_file(path, page->html.data, page->html.size, error);
    irm_page_clear(page);
    return status;
}

void irm_page_clear(irm_page *page) { irm_buffer_clear(&page->html); }

void irm_page_section(irm_page *page, const char *id, const char *title) {
    irm_buffer_format(&page->html, "<section id=\"%s\">\n", id);
    element(page, "h2", NULL, title);
}

void irm_page_end_section(irm_page *page) { raw(page, "</section>\n"); }

void irm_page_heading(irm_page *page, const char *title) {
    element(page, "h3", NULL, title);
}

void irm_page_coloured_heading(irm_page *page, unsigned colour, const char *title) {
    irm_buffer_format(&page->html, "<h3 class=\"coloured\" style=\"border-color:#%06x\">",
                      colour & 0xFFFFFFu);
    text(page, title);
    raw(page, "</h3>\n");
}

void irm_page_paragraph(irm_page *page, const char *css_class, const char *plain) {
    element(page, "p", css_class, plain);
}

void irm_page_contents(irm_page *page, const char *title, const char *const *ids,
                       const char *const *titles, size_t count) {
    raw(page, "<nav>\n");
    element(page, "h3", NULL, title);
    raw(page, "<ol>\n");
    for (size_t i = 0; i < count; i++) {
        irm_buffer_format(&page->html, "<li><a href=\"#%s\">", ids[i]);
        text(page, titles[i]);
        raw(page, "</a></li>\n");
    }
    raw(page, "</ol>\n</nav>\n");
}

void irm_page_list(irm_page *page, const char *css_class, const char *const *items,
                   size_t count) {
    if (count == 0) {
        return;
    }
    irm_buffer_format(&page->html, "<ul class=\"%s\">\n", css_class);
    for (size_t i = 0; i < count; i++) {
        element(page, "li", NULL, items[i]);
    }
    raw(page, "</ul>\n");
}

void irm_page_terms(irm_page *page, const char *const *terms, const char *const *meanings,
                    size_t count) {
    raw(page, "<dl>\n");
    for (size_t i = 0; i < count; i++) {
        element(page, "dt", NULL, terms[i]);
        element(page, "dd", NULL, meanings[i]);
    }
    raw(page, "</dl>\n");
}

void irm_page_begin_cards(irm_page *page) { raw(page, "<div class=\"cards\">\n"); }

void irm_page_card(irm_page *page, const char *value, const char *unit, const char *label,
                   const char *compared) {
    raw(page, "<div class=\"card\"><div class=\"value\">");
    text(page, value);
    if (unit != NULL && *unit != '\0') {
        raw(page, " <span class=\"unit\">");
        text(page, unit);
        raw(page, "</span>");
    }
    raw(page, "</div>");
    element(page, "div", "label", label);
    if (compared != NULL && *compared != '\0') {
        element(page, "div", "compared", compared);
    }
    raw(page, "</div>\n");
}

void irm_page_end_cards(irm_page *page) { raw(page, "</div>\n"); }

void irm_page_begin_table(irm_page *page, const char *caption, const char *const *headers,
                          const char *const *classes, size_t n_columns) {
    raw(page, "<div class=\"scroll\"><table>\n");
    if (caption != NULL) {
        element(page, "caption", NULL, caption);
    }
    raw(page, "<thead><tr>\n");
    for (size_t i = 0; i < n_columns; i++) {
        irm_buffer_format(&page->html, "<th scope=\"col\" class=\"%s\">", classes[i]);
        text(page, headers[i]);
        raw(page, "</th>\n");
    }
    raw(page, "</tr></thead>\n<tbody>\n");
}

void irm_page_begin_row(irm_page *page, const char *css_class) {
    if (css_class != NULL) {
        irm_buffer_format(&page->html, "<tr class=\"%s\">", css_class);
    } else {
        raw(page, "<tr>");
    }
}

void irm_page_cell(irm_page *page, const char *css_class, const char *plain,
                   const char *title) {
    raw(page, "<td");
    if (css_class != NULL && *css_class != '\0') {
        irm_buffer_format(&page->html, " class=\"%s\"", css_class);
    }
    if (title != NULL && *title != '\0') {
        raw(page, " title=\"");
        text(page, title);
        raw(page, "\"");
    }
    raw(page, ">");
    text(page, plain);
    raw(page, "</td>");
}

void irm_page_end_row(irm_page *page) { raw(page, "</tr>\n"); }

void irm_page_end_table(irm_page *page) { raw(page, "</tbody>\n</table></div>\n"); }

/* RFC 4648, section 4. */
static void base64(irm_buffer *out, const unsigned char *data, size_t size) {
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t bits = (uint32_t)data[i] << 16;
        bits |= left > 1 ? (uint32_t)data[i + 1] << 8 : 0;
        bits |= left > 2 ? data[i + 2] : 0;
        char four[4] = {digits[bits >> 18], digits[(bits >> 12) & 63],
                        left > 1 ? digits[(bits >> 6) & 63] : '=',
                        left > 2 ? digits[bits & 63] : '='};
        irm_buffer_add(out, four, 4);
    }
}

/* An SVG file without what may only stand at the head of a file. */
static void inline_svg(irm_page *page, const irm_buffer *file) {
    const char *start = strstr(file->data, "<svg");
    raw(page, start != NULL ? start : file->data);
}

static void caption_line(irm_page *page, const char *name, const char *content) {
    if (content == NULL || *content == '\0') {
        return;
    }
    irm_buffer_format(&page->html, "<b>%s</b> ", name);
    text(page, content);
    raw(page, "<br>\n");
}

static void captions(irm_page *page, const irm_caption *caption) {
    bool french = strcmp(page->lang, "en") != 0;
    raw(page, "<figcaption>");
    caption_line(page, french ? "Lecture\u00a0:" : "Reading:", caption->lecture);
    caption_line(page, french ? "Champ\u00a0:" : "Coverage:", caption->champ);
    caption_line(page, french ? "Note\u00a0:" : "Note:", caption->note);
    caption_line(page, french ? "Source\u00a0:" : "Source:", caption->source);
    raw(page, "</figcaption>\n");
}

irm_status irm_page_figure(irm_page *page, const char *path, const irm_caption *caption,
                           irm_error *error) {
    irm_buffer file = {0};
    irm_status status = irm_read_file(path, &file, error);
    irm_buffer_add(&file, "", 0);
    if (status == IRM_OK && file.failed) {
        status = irm_fail_memory(error);
    }
    if (status == IRM_OK) {
        raw(page, "<figure>\n");
        element(page, "p", "figure-title", caption->title);
        if (strcmp(irm_path_extension(path), ".svg") == 0) {
            inline_svg(page, &file);
        } else {
            raw(page, "<img alt=\"");
            text(page, caption->title);
            raw(page, "\" src=\"data:image/png;base64,");
            base64(&page->html, (const unsigned char *)file.data, file.size);
            raw(page, "\">\n");
        }
        captions(page, caption);
        raw(page, "</figure>\n");
    }
    irm_buffer_clear(&file);
    return status;
}

void irm_page_begin_figures(irm_page *page) { raw(page, "<div class=\"figures\">\n"); }

void irm_page_end_figures(irm_page *page) { raw(page, "</div>\n"); }

void irm_page_begin_beside(irm_page *page) {
    raw(page, "<div class=\"beside\">\n<div>\n");
}

void irm_page_beside(irm_page *page) { raw(page, "</div>\n<div>\n"); }

void irm_page_end_beside(irm_page *page) { raw(page, "</div>\n</div>\n"); }
