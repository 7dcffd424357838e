import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { configJsonSchema } from '../../src/config/schema.ts'
import type { JsonSchema } from '../../src/config/schema.ts'

const root = join(import.meta.dirname, '../..')
const example = readFileSync(join(root, 'config.example.yaml'), 'utf8')

const keysOf = (schema: JsonSchema): string[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [key, ...keysOf(child)]),
  ...(schema.items === undefined ? [] : keysOf(schema.items)),
  ...(schema.anyOf ?? []).flatMap(keysOf),
]

test('the example file says exactly what holds without a file', () => {
  const shown = loadConfig({ text: example, env: {} })
  const usual = loadConfig({ text: '', env: {} })
  if (!shown.ok || !usual.ok) throw new Error('did not load')
  expect(shown.config).toEqual(usual.config)
  expect(shown.warnings).toEqual([])
})

test('the example file shows every key', () => {
  const shown = new Set([...example.matchAll(/^\s*#?(?:- )?([A-Za-z_]+):/gm)].map((match) => match[1]))
  expect(keysOf(configJsonSchema()).filter((key) => !shown.has(key))).toEqual([])
})

test('what is commented out in the example file is right too', () => {
  const all = example.replaceAll(/^(\s*)#(?=\S)(?!$)/gm, '$1')
  const loaded = loadConfig({ text: all, env: {} })
  expect(loaded).toMatchObject({
    ok: true,
    config: { upstream: { kind: 'http' }, log: { file: expect.any(String) as unknown } },
  })
  expect(loaded.ok && loaded.config.bots.length).toBeGreaterThan(11)
  expect(loaded.ok && loaded.config.sites.length).toBe(1)
})

test('the example file names the schema in its first line, and the schema is the current one', () => {
  expect(example.split('\n')[0]).toBe('# yaml-language-server: $schema=./config.schema.json')
  expect(JSON.parse(readFileSync(join(root, 'config.schema.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(configJsonSchema())),
  )
})
