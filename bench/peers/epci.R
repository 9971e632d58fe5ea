# Indicators of every EPCI from the comparateur, by data.table: the peer that bench/run times.
#   Rscript epci.R COMPARATEUR MEMBERSHIP MOVEMENTS|- OUT.csv       from the published files
#   Rscript epci.R --save TABLE COMPARATEUR MEMBERSHIP MOVEMENTS|-  only makes TABLE (rds)
#   Rscript epci.R --ready TABLE OUT.csv                            from a table made before
suppressPackageStartupMessages(library(data.table))

# fread opens .gz with a package that Debian's data.table does not bring: gzip does.
slurp <- function(path, ...) {
  if (endsWith(path, ".gz")) fread(cmd = paste("gzip -dc", shQuote(path)), ...)
  else fread(path, ...)
}

read <- function(comparateur, membership, movements) {
  table <- slurp(comparateur, sep = ";", colClasses = list(character = "CODGEO"))
  places <- slurp(membership, colClasses = "character")
  if (movements != "-") {
    moves <- slurp(movements, colClasses = "character")
    moves <- moves[TYPECOM_AV == "COM" & TYPECOM_AP == "COM" & DATE_EFF > "2021-01-01" &
                     DATE_EFF <= "2022-01-01" & COM_AV != COM_AP]
    table[moves, on = c(CODGEO = "COM_AV"), CODGEO := i.COM_AP]
  }
  table <- table[places[EPCI != "ZZZZZZZZZ", .(CODGEO, EPCI)], on = "CODGEO", nomatch = NULL]
  table[, CODGEO := NULL]
  table
}

indicators <- function(table) {
  add <- function(x) if (all(is.na(x))) NA_real_ else sum(as.numeric(x), na.rm = TRUE)
  s <- table[, lapply(.SD, add), keyby = EPCI]
  s[, .(EPCI,
        population = P18_POP,
        density = P18_POP / SUPERF,
        population_growth = 100 * ((P18_POP / P13_POP)^(1 / 5) - 1),
        birth_rate = 1000 * NAIS1318 / 5 / ((P18_POP + P13_POP) / 2),
        activity_rate = 100 * P18_ACT1564 / P18_POP1564,
        census_unemployment_rate = 100 * P18_CHOM1564 / P18_ACT1564,
        jobs = P18_EMPLT,
        dwellings = P18_LOG,
        dwelling_vacancy = 100 * P18_LOGVAC / P18_LOG,
        second_homes = 100 * P18_RSECOCC / P18_LOG,
        home_owners = 100 * P18_RP_PROP / P18_RP)]
}

a <- commandArgs(trailingOnly = TRUE)
if (a[1] == "--save") {
  saveRDS(read(a[3], a[4], a[5]), a[2], compress = FALSE)
} else if (a[1] == "--ready") {
  fwrite(indicators(readRDS(a[2])), a[3])
} else {
  fwrite(indicators(read(a[1], a[2], a[3])), a[4])
}
