#include "irminon/figure.h"
