#include <string.h>

#include "files.h"
#include "hdf5.h"
#include "irminon/memory.h"
#include "irminon/text.h"

static bool link_table(hid_t file, const char *name) {
    irm_buffer target = {0};
    irm_buffer_format(&target, "tables/%s.h5", name);
    bool done = !target.failed && H5Lcreate_external(target.data, "/", file, name,
                                                     H5P_DEFAULT, H5P_DEFAULT) >= 0;
    irm_buffer_clear(&target);
    return done;
}

irm_status irm_links_image(const char *const *names, size_t count, unsigned char **bytes,
                           size_t *size, irm_error *error) {
    irm_h5_silence silence = irm_h5_silence_begin();
    irm_h5_image image;
    bool done = irm_h5_image_begin(&image) &&
                irm_h5_put_text(image.file, "format", "irminon-store") &&
                irm_h5_put_integer(image.file, "format-version", IRM_STORE_FORMAT);
    for (size_t i = 0; i < count && done; i++) {
        done = link_table(image.file, names[i]);
    }
    irm_status status = IRM_OK;
    if (done) {
        status = irm_h5_image_end(&image, bytes, size, error);
    } else {
        status = irm_fail_memory(error);
        irm_h5_image_drop(&image);
    }
    irm_h5_silence_end(silence);
    return status;
}

bool irm_links_match(const char *path, const char *const *names, size_t count) {
    irm_h5_silence silence = irm_h5_silence_begin();
    hid_t file = irm_h5_open(path);
    H5G_info_t info;
    bool same = file >= 0 && H5Gget_info(file, &info) >= 0 && info.nlinks == count;
    for (size_t i = 0; i < count && same; i++) {
        H5L_info_t link;
        same = H5Lget_info(file, names[i], &link, H5P_DEFAULT) >= 0 &&
               link.type == H5L_TYPE_EXTERNAL;
    }
    if (file >= 0) {
        H5Fclose(file);
    }
    irm_h5_silence_end(silence);
    return same;
}
