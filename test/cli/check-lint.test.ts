import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lintOf, lintText } from '../../src/cli/check/lint.ts'
import { loadConfig } from '../../src/config/load.ts'
import { CODES } from '../../src/policy/lint.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'test', 'fixtures', 'lint')
const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))

const lint = (file: string) => {
  const loaded = loadConfig({ file, env: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return lintOf(loaded)
}

describe('planted faults', () => {
  test.each(names)('%s is told where it stands, and nothing else', (name) => {
    const expected = readFileSync(join(FOLDER, `${name}.expected`), 'utf8')
    const found = lint(join(FOLDER, `${name}.yaml`))
    expect(found.map(({ line, column, code }) => `${line}:${column} ${code}\n`).join('')).toBe(expected)
  })

  test('every code is planted somewhere', () => {
    const planted = names.map((name) => readFileSync(join(FOLDER, `${name}.expected`), 'utf8')).join('')
    expect(CODES.filter((code) => !planted.includes(` ${code}\n`))).toEqual([])
  })
})

test.each(['config.example.yaml', 'data/default.yaml', 'data/botPolicies.yaml'])(
  'nothing is told of %s',
  (file) => {
    expect(lint(join(ROOT, file)).map(lintText)).toEqual([])
  },
)

const told = (yaml: string): readonly string[] => {
  const loaded = loadConfig({ text: yaml, file: 'policy.yaml', env: {} })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults))
  return lintOf(loaded).map(lintText)
}

describe('a finding says what is wrong', () => {
  test('with file, line, column and code', () => {
    const yaml = `bots:
  - { name: a, action: DENY, path_regex: . }
  - { name: b, action: DENY, path_regex: ^/b }
`
    expect(told(yaml)).toEqual([
      'policy.yaml:3:5: warning: rule "b" can never be reached: rule "a" before it matches every request [unreachable]',
    ])
  })

  test('with the weights that nobody decides on', () => {
    const yaml = `default: CHALLENGE
bots:
  - { name: a, action: WEIGH, path_regex: ^/a, weight: { adjust: 1 } }
  - { name: b, action: WEIGH, path_regex: ^/b, weight: { adjust: 2 } }
  - { name: c, action: WEIGH, path_regex: ^/c, weight: { adjust: 20 } }
thresholds:
  - { name: none, expression: weight <= 0, action: ALLOW }
  - { name: much, expression: weight >= 22, action: CHALLENGE }
`
    expect(told(yaml)).toEqual([
      'policy.yaml:6:1: warning: no threshold decides at weight 1 to 3, 20 to 21; the default (CHALLENGE) does [threshold-gap]',
    ])
  })

  test('with the ranges and how many more there are', () => {
    const yaml = `bots:
  - { name: a, action: DENY, remote_addresses: [10.0.0.0/8, 10.1.0.0/16, 10.1.2.0/24] }
`
    expect(told(yaml)).toEqual([
      'policy.yaml:2:30: warning: rule "a" has 10.1.0.0/16 inside 10.0.0.0/8 (and 2 more) [overlap]',
    ])
  })
})
