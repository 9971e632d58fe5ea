#include "hdf5.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "irminon/memory.h"

irm_h5_silence irm_h5_silence_begin(void) {
    /* At exit HDF5 would try to free what a damaged file made it lose, and print that it
     * cannot. All our files are closed by then. Does nothing once HDF5 is in use. */
    H5dont_atexit();
    irm_h5_silence silence = {0};
    H5Eget_auto2(H5E_DEFAULT, &silence.print, &silence.context);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return silence;
}

void irm_h5_silence_end(irm_h5_silence silence) {
    H5Eset_auto2(H5E_DEFAULT, silence.print, silence.context);
}

hid_t irm_h5_properties(hid_t kind) {
    hid_t list = H5Pcreate(kind);
    if (list >= 0 && (H5Pset_obj_track_times(list, false) < 0 ||
                      H5Pset_attr_phase_change(list, UINT16_MAX, 0) < 0)) {
        H5Pclose(list);
        return H5I_INVALID_HID;
    }
    return list;
}

/* The callbacks by which HDF5 asks for the memory of a file in memory. It is cleared, so
 * that gaps are zeros, and kept when HDF5 lets go of it. (H5Fget_file_image would copy
 * it, and before HDF5 2.0 gives a wrong checksum in the superblock.) */
static void *grow_image(void *block, size_t size, H5FD_file_image_op_t op,
                        void *context) {
    (void)op;
    irm_h5_image *image = context;
    unsigned char *grown = irm_realloc(block, size, 1);
    if (grown != NULL) {
        size_t before = block != NULL ? image->capacity : 0;
        if (size > before) {
            memset(grown + before, 0, size - before);
        }
        image->bytes = grown;
        image->capacity = size;
    }
    return grown;
}

static void *make_image(size_t size, H5FD_file_image_op_t op, void *context) {
    return grow_image(NULL, size, op, context);
}

static void *copy_image(void *to, const void *from, size_t size, H5FD_file_image_op_t op,
                        void *context) {
    (void)op;
    (void)context;
    return memcpy(to, from, size);
}

static herr_t keep_image(void *block, H5FD_file_image_op_t op, void *context) {
    (void)block;
    (void)op;
    (void)context;
    return 0;
}

static void *same_context(void *context) { return context; }

static herr_t forget_context(void *context) {
    (void)context;
    return 0;
}

static bool set_memory(hid_t access, irm_h5_image *image) {
    enum { GROWTH = 1 << 20 };
    H5FD_file_image_callbacks_t callbacks = {
        make_image,   copy_image,     grow_image, keep_image,
        same_context, forget_context, image,
    };
    return H5Pset_fapl_core(access, GROWTH, false) >= 0 &&
           H5Pset_file_image_callbacks(access, &callbacks) >= 0;
}

bool irm_h5_image_begin(irm_h5_image *image) {
    *image = (irm_h5_image){.file = H5I_INVALID_HID};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = irm_h5_properties(H5P_FILE_CREATE);
    if (access >= 0 && creation >= 0 && set_memory(access, image) &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0) {
        /* Open files in memory are told apart by name; none is ever written under it. */
        char name[64];
        snprintf(name, sizeof name, "irminon-%p", (void *)image);
        image->file = H5Fcreate(name, H5F_ACC_TRUNC, creation, access);
    }
    H5Pclose(access);
    H5Pclose(creation);
    if (image->file < 0) {
        irm_h5_image_drop(image);
    }
    return image->file >= 0;
}

/* The end of the file as its superblock tells it (HDF5 file format 3.0, II.A, version 2);
 * the memory goes further. 0 when it is not what was asked for. */
static size_t end_of_file(const irm_h5_image *image) {
    enum { VERSION = 8, OFFSET_SIZE = 9, END = 28 };
    uint64_t end = 0;
    if (image->bytes == NULL || image->capacity < END + sizeof end ||
        image->bytes[VERSION] != 2 || image->bytes[OFFSET_SIZE] != sizeof end) {
        return 0;
    }
    memcpy(&end, image->bytes + END, sizeof end);
    return end <= image->capacity ? (size_t)end : 0;
}

irm_status irm_h5_image_end(irm_h5_image *image, unsigned char **bytes, size_t *size,
                            irm_error *error) {
    bool closed = H5Fclose(image->file) >= 0;
    image->file = H5I_INVALID_HID;
    *size = closed ? end_of_file(image) : 0;
    if (*size == 0) {
        irm_h5_image_drop(image);
        *bytes = NULL;
        return irm_fail_memory(error);
    }
    *bytes = image->bytes;
    *image = (irm_h5_image){.file = H5I_INVALID_HID};
    return IRM_OK;
}

void irm_h5_image_drop(irm_h5_image *image) {
    if (image->file >= 0) {
        H5Fclose(image->file);
    }
    irm_free(image->bytes);
    *image = (irm_h5_image){.file = H5I_INVALID_HID};
}

hid_t irm_h5_group(hid_t parent, const char *name) {
    hid_t creation = irm_h5_properties(H5P_GROUP_CREATE);
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, creation, H5P_DEFAULT);
    H5Pclose(creation);
    return group;
}

hid_t irm_h5_text_type(size_t size) {
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, size > 0 ? size : H5T_VARIABLE) < 0 ||
                      H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
                      (size > 0 && H5Tset_strpad(type, H5T_STR_NULLPAD) < 0))) {
        H5Tclose(type);
        return H5I_INVALID_HID;
    }
    return type;
}

/* Writes an attribute and closes `type` and `space`. */
static bool put(hid_t object, const char *name, hid_t type, hid_t space, hid_t memory,
                const void *data) {
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool done = attribute >= 0 && H5Awrite(attribute, memory, data) >= 0;
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
    return done;
}

bool irm_h5_put_text(hid_t object, const char *name, const char *text) {
    hid_t type = irm_h5_text_type(0);
    return put(object, name, type, H5Screate(H5S_SCALAR), type, &text);
}

bool irm_h5_put_texts(hid_t object, const char *name, const char *const *texts,
                      size_t count) {
    hid_t type = irm_h5_text_type(0);
    hsize_t size = count;
    return put(object, name, type, H5Screate_simple(1, &size, NULL), type, texts);
}

bool irm_h5_put_doubles(hid_t object, const char *name, const double *values,
                        size_t count) {
    hsize_t size = count;
    hid_t space = count > 0 ? H5Screate_simple(1, &size, NULL) : H5Screate(H5S_SCALAR);
    return put(object, name, H5Tcopy(H5T_IEEE_F64LE), space, H5T_NATIVE_DOUBLE, values);
}

bool irm_h5_put_integer(hid_t object, const char *name, long long value) {
    return put(object, name, H5Tcopy(H5T_STD_I64LE), H5Screate(H5S_SCALAR),
               H5T_NATIVE_LLONG, &value);
}

bool irm_h5_put_false(hid_t object, const char *name) {
    hid_t type = H5Tenum_create(H5T_STD_I8LE);
    const int8_t no = 0, yes = 1;
    H5Tenum_insert(type, "FALSE", &no);
    H5Tenum_insert(type, "TRUE", &yes);
    return put(object, name, type, H5Screate(H5S_SCALAR), type, &no);
}

hid_t irm_h5_open(const char *path) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_file_locking(access, false, true);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return file;
}
