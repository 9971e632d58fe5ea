# datatable.R TASK THREADS INPUT OUTPUT [COMMUNE]: as duckdb.mjs, in R's data.table, which
# keeps no file of its own: it reads the CSV each time, only the columns that it needs.
suppressPackageStartupMessages(library(data.table))
arguments <- commandArgs(TRUE)
task <- arguments[1]; input <- arguments[3]; output <- arguments[4]
setDTthreads(as.integer(arguments[2]))
text <- c("COMMUNE", "CANTVILLE", "DCRAN", "DEPT", "ARM", "IRIS", "TRIRIS", "SANI", "GEO")
start <- proc.time()[["elapsed"]]
if (task == "read") {
    codes <- intersect(text, names(fread(input, sep = ";", nrows = 0)))
    invisible(fread(input, sep = ";", showProgress = FALSE, colClasses = list(character = codes)))
} else if (task == "tabulate-csv") {
    rows <- fread(input, sep = ";", select = c("COMMUNE", "SEXE", "AGED", "IPONDI"),
                  colClasses = list(character = "COMMUNE"), showProgress = FALSE)
    fwrite(rows[, .(rows = .N, value = sum(IPONDI)), by = .(COMMUNE, SEXE, AGED)], output)
}
cat(format(proc.time()[["elapsed"]] - start), "\n")
