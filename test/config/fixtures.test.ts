import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { faultText } from '../../src/config/fault.ts'
import { loadConfig } from '../../src/config/load.ts'

const fixtures = join(import.meta.dirname, '../fixtures/config')
const filesOf = (folder: string): string[] =>
  readdirSync(join(fixtures, folder)).filter((name) => name.endsWith('.yaml'))

test.each(filesOf('bad'))('bad/%s is refused with exactly the expected lines', (name) => {
  const file = join(fixtures, 'bad', name)
  const loaded = loadConfig({ file, env: {} })
  const lines = loaded.ok ? [] : loaded.faults.map((fault) => `${faultText({ ...fault, file: name })}\n`)
  expect(lines.join('')).toBe(readFileSync(file.replace(/yaml$/, 'expected'), 'utf8'))
  expect(lines.length).toBeGreaterThan(0)
})

test.each(filesOf('good'))('good/%s loads without a warning', (name) => {
  const file = relative(process.cwd(), join(fixtures, 'good', name))
  expect(loadConfig({ file, env: {} })).toMatchObject({ ok: true, warnings: [] })
})

test('there are enough fixtures to trust them', () => {
  expect(filesOf('bad').length).toBeGreaterThanOrEqual(30)
  expect(filesOf('good').length).toBeGreaterThanOrEqual(8)
})
