/* A spreadsheet being written: it appears whole or not at all, and holds no clock. */
#ifndef IRMINON_WRITE_XLSX_FILE_H
#define IRMINON_WRITE_XLSX_FILE_H

#include <xlsxwriter.h>

#include "irminon/status.h"

typedef struct xlsx_file {
    lxw_workbook *workbook; /* to be filled */
    char *temporary;
    const char *path; /* borrowed */
} xlsx_file;

irm_status xlsx_open(xlsx_file *made, const char *path, irm_error *error);
/* Ends the book and frees it. Where `filled` is not IRM_OK nothing is left, and it is
 * returned; else the file is put in place. */
irm_status xlsx_close(xlsx_file *made, irm_status filled, irm_error *error);

#endif
