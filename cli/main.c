#include <stdio.h>

int main(void) {
    puts("irminon " IRMINON_VERSION);
    return 0;
}
