import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lintOf } from '../src/cli/check/lint.ts'
import { testsOf } from '../src/cli/check/tests.ts'
import { faultText } from '../src/config/fault.ts'
import { loadConfig } from '../src/config/load.ts'

const root = join(import.meta.dirname, '..')
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((file) => join('docs', file))].filter(
  (file) => file.endsWith('.md'),
)

/** Every block of YAML of a page, with the line it begins at. */
const examplesOf = (page: string): { readonly line: number; readonly text: string }[] => {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((found) => ({
    line: text.slice(0, found.index).split('\n').length + 1,
    text: found[1] ?? '',
  }))
}

const cases = pages.flatMap((page) => examplesOf(page).map(({ line, text }) => [page, line, text] as const))

describe('the examples of the documents', () => {
  test.each(cases)('%s, line %i is a good configuration whose tests pass', async (page, line, text) => {
    const loaded = loadConfig({ file: `${page}+${line}`, text, env: {}, cwd: root })
    expect(loaded.ok ? [] : loaded.faults.map(faultText)).toEqual([])
    if (!loaded.ok) return
    const results = await testsOf(loaded)
    expect(results.flatMap(({ fault }) => (fault === undefined ? [] : [faultText(fault)]))).toEqual([])
  })

  test('the policy language is taught by examples that test themselves', () => {
    const own = cases.filter(([page]) => page === join('docs', 'policy.md'))
    expect(own.length).toBeGreaterThan(12)
    for (const [, line, text] of own) expect(text, `line ${line}`).toMatch(/^tests:/m)
  })

  test.each(cases)('%s, line %i is not odd', (page, line, text) => {
    const loaded = loadConfig({ file: `${page}+${line}`, text, env: {}, cwd: root })
    const found = loaded.ok ? lintOf(loaded) : []
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  })
})
