/** All benches in one run, side by side: `node bench/main.ts [--quick] [NAME…]`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureWebBuilt } from '../web/build.ts'
import type { Bench, BenchTable } from './bench.ts'
import { missing } from './bench.ts'
import { benchDecayMap } from './decay-map.ts'
import { benchJunk } from './junk.ts'
import { startLoadGenerator } from './load.ts'
import { benchPage } from './page.ts'
import { benchPolicy } from './policy.ts'
import { benchProxied } from './proxied.ts'
import { startUpstream } from './references.ts'
import { machineLines, tableText, writeReadme } from './report.ts'
import { benchSize } from './size.ts'
import { benchSolver } from './solver.ts'
import { benchSweep } from './sweep.ts'
import { benchVisit } from './visit.ts'
import { benchWorkers } from './workers.ts'

const BENCHES: Readonly<Record<string, Bench>> = {
  proxied: benchProxied,
  page: benchPage,
  policy: benchPolicy,
  junk: benchJunk,
  sweep: benchSweep,
  workers: benchWorkers,
  visit: benchVisit,
  size: benchSize,
  'decay-map': benchDecayMap,
  solver: benchSolver,
}

/** Those whose time does not depend on `--quick`. */
const LONG: ReadonlySet<string> = new Set(['decay-map', 'solver'])

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
})
const unknown = positionals.find((name) => !(name in BENCHES))
if (unknown !== undefined) {
  process.stderr.write(`there is no bench ${unknown}; there are: ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(1)
}
const all = Object.keys(BENCHES).filter((name) => !values.quick || !LONG.has(name))
const names = positionals.length > 0 ? positionals : all
const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
await ensureWebBuilt()

const tables: BenchTable[] = []
{
  await using upstream = await startUpstream(folder)
  await using generator = startLoadGenerator()
  const parts = { folder, upstream: upstream.port, generator, quick: values.quick }
  say(machineLines().join('\n'))
  for (const name of names) {
    const table = await BENCHES[name]!(parts).catch((cause: unknown) => {
      process.stderr.write(`${name}: ${cause instanceof Error ? cause.stack : String(cause)}\n`)
      return { title: name, rows: [missing(name, 'not measured: the bench failed')] }
    })
    tables.push(table)
    say(`\n${tableText(table)}`)
  }
}
if (!values.quick && positionals.length === 0) {
  writeReadme(tables)
  say('\nwritten to bench/README.md')
}
process.exitCode = tables.some(({ rows }) => rows.some(({ held }) => held === false)) ? 1 : 0
