// `npm test`: everything there is. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)
const filters = process.argv.slice(2)

const CHECKS: readonly (readonly [what: string, command: string, ...args: string[]])[] = [
  ['types', bin('tsc'), '--noEmit'],
  ['types of web/', bin('tsc'), '--noEmit', '-p', 'web'],
  ['lint', bin('oxlint'), '--type-aware'],
  ['format', bin('oxfmt'), '--check'],
]

interface Summary {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly numFailedTestSuites: number
}

const isSummary = (value: unknown): value is Summary =>
  typeof value === 'object' && value !== null && 'numPassedTests' in value && 'numFailedTests' in value

let passed = 0
let failed = 0
const count = (ok: boolean, what: string): void => {
  if (ok) passed += 1
  else failed += 1
  process.stdout.write(`${ok ? ' ✓' : ' ✗'} ${what}\n`)
}

if (filters.length === 0)
  for (const [what, command, ...args] of CHECKS)
    count(spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0, what)

const folder = mkdtempSync(join(tmpdir(), 'tollgate-test-'))
const report = join(folder, 'report.json')
const vitest = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
)
try {
  const summary: unknown = JSON.parse(readFileSync(report, 'utf8'))
  if (!isSummary(summary)) throw new TypeError('the report has no totals')
  const skipped = summary.numPendingTests + summary.numTodoTests
  if (skipped > 0) process.stdout.write(`${skipped} tests were left out, which counts as failed\n`)
  passed += summary.numPassedTests
  failed += summary.numFailedTests + skipped
  // A file that does not load, or a fault outside of any test, fails no test of its own.
  if (vitest.status !== 0 && summary.numFailedTests === 0) failed += Math.max(1, summary.numFailedTestSuites)
} catch (cause) {
  process.stdout.write(`the tests did not finish: ${String(cause)}\n`)
  failed += 1
}
rmSync(folder, { recursive: true, force: true })
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
