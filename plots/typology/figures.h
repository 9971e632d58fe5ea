/* The figures of a typology: which are drawn, and the words under them. */
#ifndef IRMINON_TYPOLOGY_FIGURES_H
#define IRMINON_TYPOLOGY_FIGURES_H

#include "typology/drawing.h"

/* Every figure, in the order of the page. */
irm_status typology_figures_draw(typology_drawing *drawing, irm_error *error);

/* Each draws what applies to the typology, or nothing. */
irm_status typology_class_map(typology_drawing *drawing, irm_error *error);
irm_status typology_class_places(typology_drawing *drawing, irm_error *error);
irm_status typology_number_heatmap(typology_drawing *drawing, irm_error *error);
irm_status typology_modality_heatmap(typology_drawing *drawing, irm_error *error);
irm_status typology_plane_figure(typology_drawing *drawing, irm_error *error);
irm_status typology_eigenvalue_figure(typology_drawing *drawing, irm_error *error);
irm_status typology_circle_figure(typology_drawing *drawing, irm_error *error);
irm_status typology_tree_figure(typology_drawing *drawing, irm_error *error);
irm_status typology_silhouette_figure(typology_drawing *drawing, irm_error *error);
irm_status typology_alpha_figure(typology_drawing *drawing, irm_error *error);
irm_status typology_moran_figure(typology_drawing *drawing, irm_error *error);
irm_status typology_cluster_map(typology_drawing *drawing, irm_error *error);

#endif
