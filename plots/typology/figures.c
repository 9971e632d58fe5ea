#include "typology/figures.h"

#include "irminon/files.h"

irm_status typology_figures_draw(typology_drawing *d, irm_error *error) {
    irm_buffer folder = {0};
    irm_buffer_format(&folder, "%s/figures", d->folder);
    irm_status status =
        folder.failed ? irm_fail_memory(error) : irm_make_directory(folder.data, error);
    irm_buffer_clear(&folder);
    IRM_TRY(status);
    IRM_TRY(typology_class_map(d, error));
    if (d->typology->units.n_variables > 0) {
        IRM_TRY(typology_number_heatmap(d, error));
    }
    if (d->typology->units.n_categories > 0) {
        IRM_TRY(typology_modality_heatmap(d, error));
    }
    IRM_TRY(typology_plane_figure(d, error));
    IRM_TRY(typology_eigenvalue_figure(d, error));
    IRM_TRY(typology_circle_figure(d, error));
    IRM_TRY(typology_tree_figure(d, error));
    IRM_TRY(typology_silhouette_figure(d, error));
    IRM_TRY(typology_alpha_figure(d, error));
    IRM_TRY(typology_moran_figure(d, error));
    IRM_TRY(typology_cluster_map(d, error));
    return typology_class_places(d, error);
}
