// duckdb.mjs TASK THREADS INPUT OUTPUT [COMMUNE]: one task of the bench in DuckDB; prints the
// seconds of the task itself, without the start of the process.
import {createRequire} from 'node:module';
const {DuckDBInstance} = createRequire(process.env.BENCH_PEERS + '/')('@duckdb/node-api');

const [task, threads, input, output, commune] = process.argv.slice(2);
const codes = ['COMMUNE', 'CANTVILLE', 'DCRAN', 'DEPT', 'ARM', 'IRIS', 'TRIRIS', 'SANI', 'GEO'];

async function csv(connection) {
  // Codes that look like numbers at first are told apart, as a user has to.
  const seen = await connection.runAndReadAll(
      `SELECT * FROM read_csv('${input}', delim=';', all_varchar=true) LIMIT 1`);
  const types = seen.columnNames().filter(name => codes.includes(name))
      .map(name => `'${name}': 'VARCHAR'`).join(', ');
  return `read_csv('${input}', delim=';', types={${types}})`;
}

const grouped = from => `COPY (SELECT COMMUNE, SEXE, AGED, count(*) AS rows,
    sum(IPONDI) AS value FROM ${from} GROUP BY ALL) TO '${output}' (HEADER)`;
const local = from => `COPY (SELECT SEXE, AGED, count(*) AS rows, sum(IPONDI) AS value
    FROM ${from} WHERE COMMUNE = '${commune}' GROUP BY ALL) TO '${output}' (HEADER)`;
const pyramid = from => `COPY (SELECT SEXE, AGED, count(*) AS rows, sum(IPONDI) AS value
    FROM ${from} GROUP BY ALL) TO '${output}' (HEADER)`;
const summary = from => `COPY (SELECT * FROM (SUMMARIZE SELECT * FROM ${from})) TO '${output}' (HEADER)`;

const tasks = {
  parquet: async c => [`COPY (SELECT * FROM ${await csv(c)}) TO '${output}'
      (FORMAT parquet, COMPRESSION zstd)`],
  database: async c => [`ATTACH '${output}' AS kept`,
      `CREATE TABLE kept.t AS SELECT * FROM ${await csv(c)}`, 'CHECKPOINT kept'],
};
const attach = `ATTACH '${input}' AS kept (READ_ONLY)`;
const queries = {tabulate: grouped, pyramid, commune: local, describe: summary};
for (const [name, query] of Object.entries(queries)) {
  tasks[name + '-parquet'] = () => [query(`read_parquet('${input}')`)];
  tasks[name + '-database'] = () => [attach, query('kept.t')];
}

const instance = await DuckDBInstance.create(':memory:', {threads});
const connection = await instance.connect();
const start = performance.now();
for (const statement of await tasks[task](connection)) {
  await connection.run(statement);
}
console.log(((performance.now() - start) / 1000).toFixed(6));
