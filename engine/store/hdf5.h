/* HDF5 as the store uses it: silent, without times, in one version of the format. */
#ifndef IRMINON_STORE_HDF5_H
#define IRMINON_STORE_HDF5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

#include "irminon/status.h"

/* HDF5 prints its errors unless told not to; the caller's setting is put back at the end.
 * Every entry to HDF5 lies between the two. */
typedef struct irm_h5_silence {
    H5E_auto2_t print;
    void *context;
} irm_h5_silence;
irm_h5_silence irm_h5_silence_begin(void);
void irm_h5_silence_end(irm_h5_silence silence);

/* A file that grows in memory: so that a full disk is met by a plain write, which fails
 * cleanly, and not inside HDF5. Must not move while it is open. */
typedef struct irm_h5_image {
    hid_t file;
    unsigned char *bytes;
    size_t capacity; /* bytes there is room for */
} irm_h5_image;

/* Opens an empty file, image->file. False on failure. */
bool irm_h5_image_begin(irm_h5_image *image);
/* Closes the file and gives its bytes (allocated). */
irm_status irm_h5_image_end(irm_h5_image *image, unsigned char **bytes, size_t *size,
                            irm_error *error);
/* Closes the file and forgets it. */
void irm_h5_image_drop(irm_h5_image *image);

/* Creation properties without times and with attributes kept in the object's header. */
hid_t irm_h5_properties(hid_t kind);
/* A new group; negative on failure. */
hid_t irm_h5_group(hid_t parent, const char *name);
/* Fixed-length UTF-8 text of `size` bytes padded with NULs; 0: of variable length. */
hid_t irm_h5_text_type(size_t size);

/* Attributes of an object: a text of variable length, a list of them, numbers (one, or a
 * list where `count` is not 0). False on failure. */
bool irm_h5_put_text(hid_t object, const char *name, const char *text);
bool irm_h5_put_texts(hid_t object, const char *name, const char *const *texts,
                      size_t count);
bool irm_h5_put_doubles(hid_t object, const char *name, const double *values,
                        size_t count);
bool irm_h5_put_integer(hid_t object, const char *name, long long value);
/* False, as a Boolean that h5py reads (an enumeration over int8). */
bool irm_h5_put_false(hid_t object, const char *name);

/* Opens a table file for reading: without locks, since it never changes. */
hid_t irm_h5_open(const char *path);

#endif
