/* Irminon, whole: a statistical engine for profiling French territories.
 *
 * The layers, each of which knows those before it:
 *   engine      columns, tables, stores, sums, geometries
 *   datasets    published files: descriptors, ingest, geography, the sample
 *   indicators  the catalogue, its evaluation, portraits, writers
 *   plots       figures, maps, pages */
#ifndef IRMINON_H
#define IRMINON_H

#include "irminon/attributes.h"
#include "irminon/bounds.h"
#include "irminon/catalogue.h"
#include "irminon/conversion.h"
#include "irminon/csv.h"
#include "irminon/describe.h"
#include "irminon/descriptor.h"
#include "irminon/dict.h"
#include "irminon/disclosure.h"
#include "irminon/download.h"
#include "irminon/embedded.h"
#include "irminon/evaluate.h"
#include "irminon/explain.h"
#include "irminon/factor.h"
#include "irminon/figure.h"
#include "irminon/files.h"
#include "irminon/geography.h"
#include "irminon/geometry.h"
#include "irminon/identity.h"
#include "irminon/inequality.h"
#include "irminon/input.h"
#include "irminon/labels.h"
#include "irminon/map_layer.h"
#include "irminon/matrix.h"
#include "irminon/memory.h"
#include "irminon/page.h"
#include "irminon/partition.h"
#include "irminon/portrait.h"
#include "irminon/portrait_page.h"
#include "irminon/precision.h"
#include "irminon/profile.h"
#include "irminon/progress.h"
#include "irminon/publication.h"
#include "irminon/quantity.h"
#include "irminon/rates.h"
#include "irminon/sample.h"
#include "irminon/scan.h"
#include "irminon/spatial.h"
#include "irminon/spool.h"
#include "irminon/status.h"
#include "irminon/store.h"
#include "irminon/sum.h"
#include "irminon/table.h"
#include "irminon/tabulate.h"
#include "irminon/text.h"
#include "irminon/threads.h"
#include "irminon/tree.h"
#include "irminon/typology.h"
#include "irminon/typology_page.h"
#include "irminon/write.h"
#include "irminon/yaml.h"

#endif
