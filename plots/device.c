#include "device.h"

#include <string.h>
#include <strings.h>

#include "irminon/files.h"

/* PLplot's points of text: Pango takes 4/3 of a unit for a point; the svg device widens
 * sizes by 1.34 (its FONT_SIZE_RATIO). An SVG is drawn in tenths of a pixel because that
 * device knows whole sizes only; a PDF is in points. */
static const device devices[] = {
    {".svg", "svg", DEVICE_SVG, 10.0, 1.0 / 1.34},
    {".png", "pngcairo", DEVICE_PNG, 2.0, 0.75},
    {".pdf", "pdfcairo", DEVICE_PDF, 0.75, 0.75},
};

const device *device_of(const char *path) {
    const char *extension = path != NULL ? irm_path_extension(path) : "";
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        if (strcasecmp(devices[i].extension, extension) == 0) {
            return &devices[i];
        }
    }
    return NULL;
}

void pdf_forget_date(char *bytes, size_t size) {
    static const char key[] = "/CreationDate (";
    const size_t length = sizeof key - 1;
    for (size_t i = 0; i + length < size; i++) {
        if (bytes[i] != '/' || memcmp(bytes + i, key, length) != 0) {
            continue;
        }
        const char *end = memchr(bytes + i, ')', size - i);
        if (end != NULL) {
            memset(bytes + i, ' ', (size_t)(end + 1 - (bytes + i)));
        }
    }
}
