/* The columns of the individual detail files and their modalities, after INSEE's
 * dictionary of FD_INDCVI (RP 2017); the frequencies are round, made up. */
#include "column.h"

#define OVERSEAS_ONLY(name, outside, codes)                 \
    {                                                       \
        name, DRAWN, DWELLING, OVERSEAS, outside, { codes } \
    }
#define HOUSEHOLD(name, codes)                        \
    {                                                 \
        name, DRAWN, DWELLING, ALWAYS, "Z", { codes } \
    }
#define EMPLOYED(name, outside, codes)                   \
    {                                                    \
        name, DRAWN, PERSON, WORKERS, outside, { codes } \
    }
#define AGED_GROUPS(name, child, youth, adult, senior)                    \
    {                                                                     \
        name, DRAWN, PERSON, ALWAYS, "Z", { child, youth, adult, senior } \
    }
#define EVERYONE(name, codes)                       \
    {                                               \
        name, DRAWN, PERSON, ALWAYS, "Z", { codes } \
    }
#define FROM(name, source)                      \
    {                                           \
        name, source, PERSON, ALWAYS, "", { 0 } \
    }

#define BIRTHPLACES                                                                     \
    "01:9 02:8 06:16 13:28 21:8 29:13 31:20 33:22 34:15 35:15 38:17 42:13 44:20 54:12 " \
    "57:16 59:45 62:28 63:10 67:18 69:27 75:60 76:21 77:12 78:18 80:10 83:13 91:13 "    \
    "92:30 93:26 94:20 95:15 971:6 972:6 974:12 99:125"

const column_spec person_columns[] = {
    FROM("COMMUNE", OF_COMMUNE),
    FROM("CANTVILLE", OF_CANTON),
    FROM("NUMMI", OF_HOUSEHOLD_NUMBER),
    HOUSEHOLD("ACHLR", "1:14 2:9 3:14 4:20 5:18 6:13 7:10 Z:2"),
    HOUSEHOLD("AEMMR", "1:2 2:3 3:5 4:8 5:11 6:11 7:13 8:14 9:31 Z:2"),
    FROM("AGED", OF_AGE_REACHED),
    FROM("AGER20", OF_AGE_CLASSES),
    FROM("AGEREV", OF_AGE),
    FROM("AGEREVQ", OF_AGE_FIVE),
    FROM("ANAI", OF_BIRTH_YEAR),
    HOUSEHOLD("ANEMR", "00:11 01:22 02:16 03:14 04:11 05:9 06:6 07:4 08:3 09:2 ZZ:2"),
    AGED_GROUPS("APAF", "0:1 1:30 2:45 3:18 4:5 5:1", "0:25 1:30 2:25 3:12 4:4 Z:4",
                "0:31 1:24 2:25 3:12 4:4 5:1 Z:3", "0:43 1:46 2:4 3:1 Z:6"),
    FROM("ARM", OF_DISTRICT),
    HOUSEHOLD("ASCEN", "1:18 2:80 Z:2"),
    OVERSEAS_ONLY("BAIN", "Z", "1:94 2:4 X:2"),
    OVERSEAS_ONLY("BATI", "Z", "1:3 2:10 3:12 4:73 X:2"),
    HOUSEHOLD("CATL", "1:98 Z:2"),
    EVERYONE("CATPC", "0:97.5 1:1.7 2:.8"),
    OVERSEAS_ONLY("CHAU", "Z", "1:5 2:93 X:2"),
    HOUSEHOLD("CHFL", "1:14 2:40 3:34 4:10 Z:2"),
    OVERSEAS_ONLY("CHOS", "Z", "1:30 2:68 X:2"),
    OVERSEAS_ONLY("CLIM", "Z", "1:38 2:60 X:2"),
    HOUSEHOLD("CMBL", "1:5 2:37 3:14 4:29 5:3 6:10 Z:2"),
    AGED_GROUPS("COUPLE", "2:1", "1:12 2:88", "1:67 2:33", "1:58 2:42"),
    AGED_GROUPS("CS1", "8:1", "1:.2 2:.6 3:3 4:8 5:13 6:13 7:0 8:62.2",
                "1:1.5 2:6 3:17 4:24 5:25 6:20 7:.5 8:6",
                "1:.6 2:1.5 3:2 4:2 5:2 6:1 7:86 8:5"),
    OVERSEAS_ONLY("CUIS", "Z", "1:95 2:3 X:2"),
    FROM("DCRAN", OF_FORMER_COMMUNE),
    FROM("DEPT", OF_DEPARTMENT),
    OVERSEAS_ONLY("DEROU", "Z", "0:90 1:6 2:1 U:3"),
    AGED_GROUPS("DIPL", "ZZ:1",
                "01:1 02:1 03:25 11:.5 12:16 13:11 14:24 15:9 16:5 17:6 18:2 ZZ:2",
                "01:2 02:2 03:9 11:2 12:5 13:26 14:10 15:8 16:14 17:11 18:10 19:1",
                "01:3 02:5 03:10 11:26 12:7 13:24 14:8 15:2 16:6 17:4 18:4 19:1"),
    EVERYONE("DNAI", BIRTHPLACES),
    OVERSEAS_ONLY("EAU", "Z", "1:90 2:6 3:2 X:2"),
    OVERSEAS_ONLY("EGOUL", "Z", "1:45 2:50 3:2 4:1 X:2"),
    OVERSEAS_ONLY("ELEC", "Z", "1:97 2:1 X:2"),
    EMPLOYED("EMPL", "ZZ", "11:2 12:2 13:1 14:1 15:10 16:72 21:7 22:4 23:1"),
    AGED_GROUPS("ETUD", "1:78 2:22", "1:66 2:34", "1:3 2:97", "2:1"),
    HOUSEHOLD("GARL", "1:66 2:32 Z:2"),
    HOUSEHOLD("HLML", "1:14 2:84 Z:2"),
    AGED_GROUPS("ILETUD", "1:60 2:17 3:.6 4:.1 Z:22.3", "1:16 2:34 3:12 4:3 7:.3 Z:34.7",
                "1:1 2:1 3:.6 Z:97.4", "Z:1"),
    EMPLOYED("ILT", "Z", "1:33 2:47 3:15 4:3 5:.3 6:.2 7:1.5"),
    EVERYONE("IMMI", "1:10 2:90"),
    EVERYONE("INAI", "1:52 2:15 3:19 4:2 5:.5 6:11.5"),
    EVERYONE("INATC", "1:93 2:7"),
    AGED_GROUPS("INFAM", "2:96 0:2 Z:2", "0:22 1:14 2:60 Z:4", "0:24 1:62 2:11 Z:3",
                "0:40 1:52 2:1 Z:7"),
    FROM("INPER", OF_HOUSEHOLD_SIZE),
    HOUSEHOLD("INPERF", "2:30 3:18 4:20 5:8 6:2.4 7:.6 8:.2 9:.1 Z:20.7"),
    FROM("IPONDI", OF_WEIGHT),
    EVERYONE("IRAN", "0:.3 1:88 2:3.6 3:4 4:1.4 5:1.3 6:.1 8:.2 9:.5 Z:.6"),
    FROM("IRIS", OF_IRIS),
    AGED_GROUPS("LIENF", "2:1 3:95 0:2 Z:2", "0:22 1:12 2:2 3:60 Z:4",
                "0:24 1:31 2:31 3:11 Z:3", "0:40 1:26 2:26 3:1 Z:7"),
    AGED_GROUPS("LPRF", "4:96 0:2 Z:2", "0:22 1:7 2:7 4:60 Z:4",
                "0:24 1:36 2:26 4:11 Z:3", "0:40 1:30 2:22 4:1 Z:7"),
    AGED_GROUPS("LPRM", "3:95 4:1 5:1 9:1 Z:2", "1:17 2:7 3:58 5:2 6:1 7:5 8:4 9:2 Z:4",
                "1:55 2:27 3:11 5:1 7:1 9:1 Z:4", "1:68 2:21 4:2 5:1 9:1 Z:7"),
    FROM("METRODOM", OF_METROPOLE),
    AGED_GROUPS("MOCO", "11:76 12:22 40:2", "11:42 12:16 21:7 22:4 23:5 31:4 32:18 40:4",
                "11:8 12:3 21:24 22:36 23:6 31:2 32:18 40:3",
                "11:1 21:48 22:3 23:2 31:2 32:37 40:7"),
    AGED_GROUPS("MODV", "11:72 12:22 60:4 70:2",
                "11:40 12:15 20:6 31:6 32:4 33:1 40:4 50:14 60:6 70:4",
                "11:8 12:3 20:6 31:25 32:34 33:2 50:17 60:2 70:3",
                "20:1 31:46 32:3 33:2 50:39 60:2 70:7"),
    EMPLOYED("NA17", "ZZ",
             "AZ:3 C1:2 C2:.1 C3:2 C4:2 C5:6 DE:2 FZ:7 GZ:13 HZ:5 IZ:4 JZ:3 KZ:3 "
             "LZ:1 MN:11 OQ:31 RU:5"),
    EMPLOYED("NA5", "ZZ", "AZ:3 BE:14 FZ:7 GU:45 OQ:31"),
    EVERYONE("NAIDT",
             "00:88 11:2 12:1 13:1 14:2 15:1 16:1 17:1 18:1 19:1 20:.5 21:.3 30:.2"),
    HOUSEHOLD(
        "NBPI",
        "01:5 02:11 03:20 04:26 05:19 06:10 07:4 08:2 09:.6 10:.4 11:.1 12:.1 ZZ:2"),
    HOUSEHOLD("NE17FR", "0:58 1:17 2:17 3:5 4:1 Z:2"),
    HOUSEHOLD("NE24FR", "0:50 1:20 2:20 3:7 4:1 Z:2"),
    HOUSEHOLD("NE3FR", "0:86 1:10 2:2 Z:2"),
    HOUSEHOLD("NE5FR", "0:80 1:14 2:4 Z:2"),
    HOUSEHOLD("NENFR", "0:46 1:22 2:21 3:7 4:2 Z:2"),
    HOUSEHOLD("NPERR", "1:17 2:29 3:18 4:21 5:9 6:4 Z:2"),
    EVERYONE("NUMF", "1:82 2:2 Z:16"),
    EVERYONE("ORIDT", "00:86 11:2 12:1 13:1 14:3 15:1 16:1 17:1 18:2 19:1 20:.5 21:.5"),
    AGED_GROUPS("RECH", "Z:1", "0:15 1:7 2:9 9:3 Z:66", "0:8 1:2 2:7 9:3 Z:80",
                "0:4 9:2 Z:94"),
    FROM("REGION", OF_REGION),
    {"SANI", DRAWN, DWELLING, MAINLAND, "X", {"0:.5 1:1.5 2:96 Z:2"}},
    OVERSEAS_ONLY("SANIDOM", "ZZ", "11:1 12:1 21:2 22:94 XX:2"),
    EVERYONE("SEXE", "1:48.4 2:51.6"),
    HOUSEHOLD("SFM",
              "11:7 12:10 21:2 22:8 30:3 31:12 32:14 33:9 34:4 40:1 51:9 52:10 53:5 54:1 "
              "61:2 62:1 70:.5 ZZ:1.5"),
    EMPLOYED("STATR", "Z", "1:88 2:12"),
    AGED_GROUPS("STAT_CONJ", "6:1", "1:2 2:3 3:9 6:86", "1:44 2:7 3:15 4:1 5:9 6:24",
                "1:55 2:1 3:3 4:22 5:13 6:6"),
    HOUSEHOLD("STOCD", "10:62 21:20 22:13 23:2 30:1.5 ZZ:1.5"),
    HOUSEHOLD("SURF", "1:3 2:5 3:13 4:22 5:20 6:15 7:20 Z:2"),
    AGED_GROUPS("TACT", "23:1", "11:28 12:9 22:56 23:3 24:1 25:3",
                "11:75 12:10 21:2 22:2 24:5 25:6", "11:7 12:1 21:86 24:4 25:2"),
    AGED_GROUPS("TACTD16", "230:1", "111:24 114:4 122:6 123:3 220:56 240:1 250:3 230:3",
                "111:68 112:5 116:2 122:4 124:6 210:2 220:2 240:5 250:6",
                "111:5 112:2 122:1 210:86 240:4 250:2"),
    EMPLOYED("TP", "Z", "1:83 2:17"),
    EMPLOYED("TRANS", "Z", "1:4 2:6 3:2 4:2 5:71 6:15"),
    FROM("TRIRIS", OF_TRIRIS),
    HOUSEHOLD("TYPC", "1:52 2:14 3:29 4:2 5:1 Z:2"),
    HOUSEHOLD("TYPFC", "1:15 2:65 Z:20"),
    HOUSEHOLD("TYPL", "1:67 2:30 3:.6 4:.1 5:.2 6:.1 Z:2"),
    HOUSEHOLD("TYPMC", "1:17 2:3 3:9 4:69 Z:2"),
    HOUSEHOLD("TYPMR", "11:7 12:10 20:3 31:2 32:10 41:14 42:5 43:9 44:37 ZZ:3"),
    HOUSEHOLD("VOIT", "0:12 1:41 2:36 3:9 Z:2"),
    OVERSEAS_ONLY("WC", "Z", "1:96 2:2 X:2"),
};
const size_t n_person_columns = sizeof person_columns / sizeof *person_columns;
