// polars.cjs TASK THREADS INPUT OUTPUT [COMMUNE]: as duckdb.mjs, in polars.
const [task, threads, input, output, commune] = process.argv.slice(2);
process.env.POLARS_MAX_THREADS = threads;
const pl = require('node:module').createRequire(process.env.BENCH_PEERS + '/')('nodejs-polars');
const fs = require('node:fs');

function overrides() {
  const codes = ['COMMUNE', 'CANTVILLE', 'DCRAN', 'DEPT', 'ARM', 'IRIS', 'TRIRIS', 'SANI', 'GEO'];
  const head = Buffer.alloc(4096);
  const file = fs.openSync(input);
  fs.readSync(file, head);
  fs.closeSync(file);
  const names = head.toString('latin1').split('\n')[0].trim().split(';')
      .map(name => name.replaceAll('"', ''));
  return Object.fromEntries(names.filter(name => codes.includes(name))
      .map(name => [name, pl.Utf8]));
}

function group(frame, by) {
  return frame.groupBy(by).agg(pl.col('IPONDI').count().alias('rows'),
                               pl.col('IPONDI').sum().alias('value'))
      .select(...by, 'rows', 'value').collectSync().writeCSV(output);
}

const tasks = {
  parquet: () => pl.readCSV(input, {sep: ';', inferSchemaLength: 20000, dtypes: overrides()})
      .writeParquet(output, {compression: 'zstd'}),
  'tabulate-parquet': () => group(pl.scanParquet(input), ['COMMUNE', 'SEXE', 'AGED']),
  'pyramid-parquet': () => group(pl.scanParquet(input), ['SEXE', 'AGED']),
  'commune-parquet': () => group(
      pl.scanParquet(input).filter(pl.col('COMMUNE').eq(pl.lit(commune))), ['SEXE', 'AGED']),
};
const start = performance.now();
tasks[task]();
console.log(((performance.now() - start) / 1000).toFixed(6));
