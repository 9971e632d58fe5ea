#include <stdlib.h>
#include <string.h>

#include "irminon/geography.h"

bool irm_code_is_arrondissement(const char *code) {
    if (strlen(code) != 5 || strspn(code, "0123456789") != 5) {
        return false;
    }
    int number = atoi(code);
    return (number >= 75101 && number <= 75120) || (number >= 69381 && number <= 69389) ||
           (number >= 13201 && number <= 13216);
}

void irm_code_department(const char *code, char department[4]) {
    size_t wanted = strncmp(code, "97", 2) == 0 || strncmp(code, "98", 2) == 0 ? 3 : 2;
    size_t size = strnlen(code, wanted);
    memcpy(department, code, size);
    department[size] = '\0';
}

/* Decree 2000-1276 of 26 December 2000, as amended, on the national reference systems of
 * coordinates; codes of the EPSG registry. */
const char *irm_department_projection(const char *department) {
    static const struct {
        const char *department, *projection;
    } overseas[] = {
        {"971", "EPSG:5490"}, {"972", "EPSG:5490"}, {"973", "EPSG:2972"},
        {"974", "EPSG:2975"}, {"975", "EPSG:4467"}, {"976", "EPSG:4471"},
        {"977", "EPSG:5490"}, {"978", "EPSG:5490"}, {"986", "EPSG:8903"},
        {"987", "EPSG:3297"}, {"988", "EPSG:3163"},
    };
    for (size_t i = 0; i < sizeof overseas / sizeof *overseas; i++) {
        if (strcmp(overseas[i].department, department) == 0) {
            return overseas[i].projection;
        }
    }
    return "EPSG:2154";
}
