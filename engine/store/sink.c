#include "sink.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include "hdf5.h"
#include "irminon/memory.h"

typedef struct open_sink {
    H5FD_t common; /* HDF5's own part comes first */
    irm_h5_sink *sink;
    haddr_t allocated, written; /* ends of */
} open_sink;

/* What H5Pset_driver keeps in the access properties, by copy. */
typedef struct sink_access {
    irm_h5_sink *sink;
} sink_access;

static H5FD_t *open_file(const char *name, unsigned flags, hid_t access, haddr_t most) {
    (void)name;
    (void)flags;
    (void)most;
    const sink_access *kept = H5Pget_driver_info(access);
    open_sink *opened = kept != NULL ? irm_calloc(1, sizeof *opened) : NULL;
    if (opened != NULL) {
        opened->sink = kept->sink;
    }
    return opened != NULL ? &opened->common : NULL;
}

static herr_t close_file(H5FD_t *file) {
    irm_free(file);
    return 0;
}

/* As HDF5's driver of files in memory: the layout is the same whichever writes. */
static herr_t query(const H5FD_t *file, unsigned long *flags) {
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA |
             H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t allocated(const H5FD_t *file, H5FD_mem_t type) {
    (void)type;
    return ((const open_sink *)file)->allocated;
}

static herr_t allocate(H5FD_t *file, H5FD_mem_t type, haddr_t end) {
    (void)type;
    ((open_sink *)file)->allocated = end;
    return 0;
}

static haddr_t written(const H5FD_t *file, H5FD_mem_t type) {
    (void)type;
    return ((const open_sink *)file)->written;
}

/* What was never written, or could not be, reads as zeros. */
static herr_t read_bytes(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at,
                         size_t size, void *bytes) {
    (void)type;
    (void)transfer;
    char *to = bytes;
    while (size > 0) {
        ssize_t got = pread(((open_sink *)file)->sink->descriptor, to, size, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        to += got;
        at += (haddr_t)got;
        size -= (size_t)got;
    }
    memset(to, 0, size);
    return 0;
}

static herr_t write_bytes(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at,
                          size_t size, const void *bytes) {
    (void)type;
    (void)transfer;
    open_sink *opened = (open_sink *)file;
    const char *from = bytes;
    while (size > 0 && opened->sink->problem == 0) {
        ssize_t put = pwrite(opened->sink->descriptor, from, size, (off_t)at);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            opened->sink->problem = put < 0 ? errno : ENOSPC;
            break;
        }
        from += put;
        at += (haddr_t)put;
        size -= (size_t)put;
    }
    at += size;
    opened->written = at > opened->written ? at : opened->written;
    return 0;
}

static herr_t cut(H5FD_t *file, hid_t transfer, hbool_t closing) {
    (void)transfer;
    (void)closing;
    open_sink *opened = (open_sink *)file;
    if (opened->sink->problem == 0 &&
        ftruncate(opened->sink->descriptor, (off_t)opened->allocated) != 0) {
        opened->sink->problem = errno;
    }
    opened->written = opened->allocated;
    return 0;
}

static const H5FD_class_t driver = {
#if H5_VERSION_GE(1, 13, 0)
    .version = H5FD_CLASS_VERSION,
    .value = 512, /* the first that HDF5 leaves to others */
#endif
    .name = "irminon-sink",
    .maxaddr = INT64_MAX,
    .fc_degree = H5F_CLOSE_STRONG,
    .fapl_size = sizeof(sink_access),
    .open = open_file,
    .close = close_file,
    .query = query,
    .get_eoa = allocated,
    .set_eoa = allocate,
    .get_eof = written,
    .read = read_bytes,
    .write = write_bytes,
    .truncate = cut,
    .fl_map = H5FD_FLMAP_DICHOTOMY,
};

static bool set_driver(hid_t access, irm_h5_sink *sink) {
    sink_access kept = {sink};
    return H5Pset_driver(access, sink->driver, &kept) >= 0;
}

bool irm_h5_sink_begin(irm_h5_sink *sink, int descriptor) {
    *sink = (irm_h5_sink){.file = H5I_INVALID_HID, .descriptor = descriptor};
    sink->driver = H5FDregister(&driver);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = irm_h5_properties(H5P_FILE_CREATE);
    if (sink->driver >= 0 && access >= 0 && creation >= 0 && set_driver(access, sink) &&
        H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0) {
        sink->file = H5Fcreate("irminon-sink", H5F_ACC_TRUNC, creation, access);
    }
    H5Pclose(access);
    H5Pclose(creation);
    if (sink->file < 0) {
        irm_h5_sink_end(sink);
    }
    return sink->file >= 0;
}

bool irm_h5_sink_end(irm_h5_sink *sink) {
    bool closed = sink->file >= 0 && H5Fclose(sink->file) >= 0;
    if (sink->driver >= 0) {
        H5FDunregister(sink->driver);
    }
    sink->file = sink->driver = H5I_INVALID_HID;
    return closed && sink->problem == 0;
}
