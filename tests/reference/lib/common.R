# What the scripts beside this folder share; sourced from tests/reference.

# A line a row: name, then numbers.
record <- function(name, x) {
  x <- if (is.matrix(x)) x else matrix(x, nrow = 1)
  for (i in seq_len(nrow(x)))
    cat(paste(c(name, sprintf("%.15g", as.numeric(x[i, ]))), collapse = ","), "\n", sep = "")
}
# A data set into the folder IRMINON_R_DATA, if any: factors as codes from 0.
export <- function(name, x) {
  folder <- Sys.getenv("IRMINON_R_DATA")
  if (folder == "") return(invisible())
  x <- as.data.frame(lapply(as.data.frame(x),
                            function(v) if (is.factor(v)) as.integer(v) - 1L else v))
  write.csv(x, file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "nan")
}
# Park & Miller's generator, whose products are exact in doubles: test_uniform in C.
uniform <- function(n, seed) {
  state <- seed
  vapply(seq_len(n), function(i) {
    state <<- (16807 * state) %% 2147483647
    state / 2147483647
  }, 0)
}
