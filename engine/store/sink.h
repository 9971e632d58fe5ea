/* An HDF5 file being written to a descriptor, in memory that does not grow with it.
 *
 * HDF5 does not close cleanly a file that it could not write, and a full disk is an
 * ordinary thing: its writes go through here, where a failure is kept and told at the end
 * rather than to HDF5, which goes on as if all were well. */
#ifndef IRMINON_STORE_SINK_H
#define IRMINON_STORE_SINK_H

#include <hdf5.h>
#include <stdbool.h>

#include "irminon/status.h"

/* Must not move while it is open. */
typedef struct irm_h5_sink {
    hid_t file, driver;
    int descriptor; /* borrowed */
    int problem;    /* errno of the first write that failed, 0 for none */
} irm_h5_sink;

/* Opens an empty file, sink->file, over a descriptor that is open for reading and
 * writing. False on failure. */
bool irm_h5_sink_begin(irm_h5_sink *sink, int descriptor);
/* Closes the file; false when HDF5 could not, or a write failed (sink->problem). */
bool irm_h5_sink_end(irm_h5_sink *sink);

#endif
