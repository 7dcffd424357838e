/** Tables for people: on the terminal and in bench/README.md. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import type { BenchRow, BenchTable } from './bench.ts'
import { versionOf } from './references.ts'

const README = join(import.meta.dirname, 'README.md')
const BEGIN = '<!-- figures: written by `npm run bench` -->'
const END = '<!-- end of figures -->'
const COLUMNS = ['work', 'figure', 'reference', 'ratio', 'goal', 'held'] as const

const heldText = ({ held }: BenchRow): string => (held === null ? '–' : held ? 'yes' : '**no**')

const cellsOf = (row: BenchRow): readonly string[] =>
  [row.work, row.figure, row.reference, row.ratio, row.goal, heldText(row)].map((cell) =>
    cell.replaceAll('|', '\\|'),
  )

export const tableText = ({ title, rows }: BenchTable): string => {
  const lines = [COLUMNS, COLUMNS.map(() => '---'), ...rows.map(cellsOf)]
  return [`### ${title}`, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)].join('\n')
}

/** What the figures were measured on and with. */
export const machineLines = (): readonly string[] => {
  const all = cpus()
  const versions = (['nginx', 'haproxy', 'caddy'] as const).map(
    (name) => `${name} ${versionOf(name) ?? 'not installed'}`,
  )
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}. Machine: ${all.length} cores, ${all[0]?.model.trim() ?? 'unknown CPU'}.`,
    `Versions: Node ${process.version}, ${versions.join(', ')}.`,
  ]
}

/** Puts the tables between the marks of the README. */
export const writeReadme = (tables: readonly BenchTable[]): void => {
  const text = readFileSync(README, 'utf8')
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('bench/README.md has lost the marks around its figures')
  const figures = ['Command: `npm run bench`.', machineLines().join(' '), ...tables.map(tableText)].join(
    '\n\n',
  )
  writeFileSync(README, `${text.slice(0, begin)}${BEGIN}\n${figures}\n${text.slice(end)}`)
}
