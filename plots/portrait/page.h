/* The page of a portrait. */
#ifndef IRMINON_PORTRAIT_PAGE_PRIVATE_H
#define IRMINON_PORTRAIT_PAGE_PRIVATE_H

#include "portrait/figures.h"

/* Writes folder/portrait.html, with the figures already drawn there. */
irm_status portrait_page_write(const irm_portrait *portrait, const figure_list *figures,
                               const char *folder, bool french, irm_error *error);

#endif
