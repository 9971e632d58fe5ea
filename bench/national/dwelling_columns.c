/* The columns of the dwelling detail file (FD_LOGEMT, RP 2021) and their modalities,
 * after INSEE's dictionary; the frequencies are round, made up. */
#include "column.h"

#define ALL(name, codes)                              \
    {                                                 \
        name, DRAWN, DWELLING, ALWAYS, "Z", { codes } \
    }
#define LIVED_IN(name, outside, codes)                      \
    {                                                       \
        name, DRAWN, DWELLING, OCCUPIED, outside, { codes } \
    }
#define OVERSEAS_ONLY(name, outside, codes)                 \
    {                                                       \
        name, DRAWN, DWELLING, OVERSEAS, outside, { codes } \
    }
#define FROM(name, source)                        \
    {                                             \
        name, source, DWELLING, ALWAYS, "", { 0 } \
    }
#define FEW(name) LIVED_IN(name, "Y", "0:70 1:14 2:11 3:4 4:.8 5:.2")
#define SOME(name) LIVED_IN(name, "Y", "0:22 1:45 2:22 3:7 4:3 5:1")

const column_spec dwelling_columns[] = {
    FROM("COMMUNE", OF_COMMUNE),
    FROM("ARM", OF_DISTRICT),
    FROM("IRIS", OF_IRIS),
    ALL("ACHL",
        "A11:16 A12:9 B11:11 B12:21 C100:13 C106:3 C107:3 C108:2 C109:2 C110:2 C111:2 "
        "C112:2 C113:2 C114:2 C115:2 C116:2 C117:2 C118:2 C119:1 C120:1"),
    LIVED_IN("AEMM", "0000",
             "1950:1 1960:2 1965:2 1970:4 1975:4 1980:5 1985:5 1990:6 1995:6 "
             "1998:4 2000:6 2002:4 2004:4 2006:5 2008:5 2010:6 2011:3 2012:4 "
             "2013:4 2014:5 2015:5 2016:5 2017:5 2018:4 2019:3 2020:2 2021:1"),
    LIVED_IN("AEMMR", "0", "1:2 2:3 3:5 4:8 5:11 6:11 7:13 8:14 9:33"),
    LIVED_IN("AGEMEN8", "YY", "15:2 20:5 25:16 40:17 55:18 65:19 80:12"),
    LIVED_IN("ANEM", "999",
             "000:8 001:10 002:8 003:7 004:6 005:5 006:4 007:4 008:3 009:3 010:3 "
             "012:5 014:4 016:4 018:4 020:4 025:5 030:4 035:3 040:3 045:2 050:1"),
    LIVED_IN("ANEMR", "99", "00:11 01:22 02:16 03:14 04:11 05:9 06:7 07:5 08:3 09:2"),
    LIVED_IN("ASCEN", "Y", "1:20 2:80"),
    OVERSEAS_ONLY("BAIN", "Z", "1:94 2:4 Y:2"),
    OVERSEAS_ONLY("BATI", "Z", "1:3 2:10 3:12 4:73 Y:2"),
    ALL("CATIRIS", "H:50 A:4 D:1 Z:45"),
    ALL("CATL", "1:82 2:1 3:9 4:8"),
    OVERSEAS_ONLY("CHAU", "Z", "1:5 2:93 Y:2"),
    LIVED_IN("CHFL", "Y", "1:16 2:40 3:34 4:10"),
    OVERSEAS_ONLY("CHOS", "Z", "1:30 2:68 Y:2"),
    OVERSEAS_ONLY("CLIM", "Z", "1:38 2:60 Y:2"),
    LIVED_IN("CMBL", "Y", "1:5 2:38 3:12 4:32 5:3 6:10"),
    OVERSEAS_ONLY("CUIS", "Z", "1:95 2:3 Y:2"),
    OVERSEAS_ONLY("DEROU", "Z", "0:90 1:6 2:1 X:3"),
    LIVED_IN("DIPLM", "YY",
             "01:2 02:4 03:9 11:9 12:6 13:26 14:9 15:6 16:11 17:9 18:8 19:1"),
    OVERSEAS_ONLY("EAU", "Z", "1:90 2:6 3:2 Y:2"),
    OVERSEAS_ONLY("EGOUL", "Z", "1:45 2:50 3:2 4:1 Y:2"),
    OVERSEAS_ONLY("ELEC", "Z", "1:97 2:1 Y:2"),
    LIVED_IN("EMPLM", "YY", "11:1 12:1 13:.3 14:.3 15:4 16:42 21:4 22:3 23:.4 ZZ:44"),
    LIVED_IN("GARL", "Y", "1:66 2:34"),
    LIVED_IN("HLML", "Y", "1:15 2:85"),
    LIVED_IN("ILETUDM", "Y", "1:2 2:1 3:.6 4:.2 Z:96.2"),
    LIVED_IN("ILTM", "Y", "1:18 2:27 3:9 4:1 5:.2 7:.8 Z:44"),
    LIVED_IN("IMMIM", "Y", "1:12 2:88"),
    LIVED_IN("INAIM", "Y", "1:48 2:15 3:20 4:2 5:1 6:14"),
    FEW("INEEM"),
    FEW("INP11M"),
    FEW("INP15M"),
    FEW("INP17M"),
    FEW("INP19M"),
    FEW("INP24M"),
    FEW("INP3M"),
    FEW("INP60M"),
    FEW("INP65M"),
    FEW("INP5M"),
    FEW("INP75M"),
    SOME("INPAM"),
    LIVED_IN("INPER", "Y", "1:36 2:33 3:13 4:11 5:5 6:1.3 7:.4 8:.2 9:.1"),
    SOME("INPER1"),
    SOME("INPER2"),
    SOME("INPOM"),
    FEW("INPSM"),
    FROM("IPONDL", OF_WEIGHT),
    LIVED_IN("IRANM", "Y", "1:87 2:4 3:4 4:2 5:2 6:.2 8:.3 9:.5"),
    FROM("METRODOM", OF_METROPOLE),
    ALL("NBPI", "01:6 02:13 03:21 04:25 05:18 06:10 07:4 08:2 09:.6 10:.4"),
    LIVED_IN("RECHM", "Y", "0:5 1:1 2:4 9:3 Z:87"),
    FROM("REGION", OF_REGION),
    {"SANI", DRAWN, DWELLING, MAINLAND, "Z", {"0:1 1:2 2:97"}},
    OVERSEAS_ONLY("SANIDOM", "ZZ", "11:1 12:1 21:2 22:96"),
    LIVED_IN("SEXEM", "Y", "1:58 2:42"),
    LIVED_IN("STAT_CONJM", "Y", "1:39 2:5 3:11 4:12 5:13 6:20"),
    LIVED_IN("STOCD", "00", "10:58 21:22 22:15 23:3 30:2"),
    ALL("SURF", "1:5 2:7 3:17 4:24 5:18 6:12 7:17"),
    LIVED_IN("TACTM", "YY", "11:56 12:6 21:32 22:2 24:2 25:2"),
    LIVED_IN("TPM", "Y", "1:49 2:7 Z:44"),
    LIVED_IN("TRANSM", "Y", "1:2 2:4 3:2 4:1 5:38 6:9 Z:44"),
    FROM("TRIRIS", OF_TRIRIS),
    ALL("TYPC", "1:42 2:13 3:40 4:3 5:2"),
    ALL("TYPL", "1:55 2:43 3:1 4:.2 5:.4 6:.4"),
    LIVED_IN("VOIT", "X", "0:18 1:47 2:29 3:6"),
    OVERSEAS_ONLY("WC", "Z", "1:96 2:2 Y:2"),
};
const size_t n_dwelling_columns = sizeof dwelling_columns / sizeof *dwelling_columns;
