import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { createFolder, toldBy } from './folder.ts'

/** Two seconds for a document that is out to do harm, and as much again for a machine that has other things to do. */
const SLOWEST = 4000

const rules = (many: number): string =>
  Array.from({ length: many }, (_, i) => `  - {name: r${i}, action: DENY, path_regex: ^/a${i}}\n`).join('')
const main = (entries: string): string => `mode: enforce\nbots:\n${entries}`
const imports = (file: string): string => `  - import: ${file}\n`

const timed = <T>(work: () => T): T => {
  const { user, system } = process.cpuUsage()
  const result = work()
  const used = process.cpuUsage({ user, system })
  expect((used.user + used.system) / 1000).toBeLessThan(SLOWEST)
  return result
}

const told = (text: string): string[] =>
  toldBy(
    timed(() => loadConfig({ text, file: 'f', env: {} })),
    '',
  )

const PLACED = /^f:\d+:\d+ \S/

test.each([
  ['10 MB of flow lists', `mode: [${'a,'.repeat(4_900_000)}]`],
  ['10 MB of nested mappings', `mode: ${'{a: '.repeat(2_400_000)}`],
  ['10 MB of documents', '---\n'.repeat(2_500_000)],
  ['10 MB of list entries', `mode:\n${'- a\n'.repeat(2_400_000)}`],
  ['10 MB of comments', '#\n'.repeat(4_900_000)],
  ['10 MB of quotes', `mode: ["${'a","'.repeat(2_400_000)}"]`],
  ['10 MB of anchors', `mode: [${'&a '.repeat(3_000_000)}]`],
  ['10 MB of question marks', '? '.repeat(4_900_000)],
  ['10 MB of one text', `mode: ${'x'.repeat(9_900_000)}`],
  ['10 MB of escapes', `mode: "${'\\n'.repeat(4_900_000)}"`],
  ['10,000 rules', main(rules(10_000))],
  ['10,000 keys that are the same', 'mode: enforce\n'.repeat(10_000)],
  ['10,000 misspelt keys', Array.from({ length: 10_000 }, (_, i) => `mode${i}: enforce\n`).join('')],
  [
    '10,000 misspelt keys in a file of Anubis',
    `${Array.from({ length: 10_000 }, (_, i) => `mode${i}: enforce\n`).join('')}bots: []\nthresholds: 5`,
  ],
  ['__proto__ as a key', '__proto__: {mode: enforce}'],
  [
    '__proto__ as a key of a rule',
    main('  - {name: a, action: DENY, path_regex: ^/a, __proto__: {canary: 5%}}\n'),
  ],
  ['__proto__ as a host', 'sites: {__proto__: {mode: enforce}}'],
  ['constructor as a key', 'constructor: {}'],
  [
    'a deep expression',
    main(`  - {name: a, action: DENY, expression: "${'('.repeat(4000)}true${')'.repeat(4000)}"}\n`),
  ],
  ['a wide expression', main(`  - {name: a, action: DENY, expression: "${'true && '.repeat(1200)}true"}\n`)],
  [
    'merge keys that name all before them',
    `bots:\n${Array.from({ length: 2000 }, (_, i) => ` - &r${i} {<<: [${i === 0 ? '{}' : `*r0${`, *r${i - 1}`.repeat(20)}`}], name: r${i}, action: DENY, path_regex: ^/}\n`).join('')}thresholds: 5`,
  ],
])('%s ends in faults with their place, in bounded time', (_, text) => {
  const lines = told(text)
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.filter((line) => !PLACED.test(line) || line.includes('\n') || line.length > 400)).toEqual([])
})

test('mappings with a __proto__ change nothing of any other', () => {
  told('{"__proto__": {"polluted": 1}, "bots": [{"__proto__": {"polluted": 1}}]}')
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
})

test('a pattern that makes other engines hang is accepted: here its time is linear', () => {
  const text = main('  - {name: a, action: DENY, path_regex: "^(a+)+$"}\n')
  expect(timed(() => loadConfig({ text, env: {} })).ok).toBe(true)
})

test('a thousand rules are no harm', () => {
  expect(told(main(rules(1000)))).toEqual([])
})

test('pipes, devices, folders and links in a circle are refused without waiting for them', () => {
  using folder = createFolder({
    'main.yaml': main(['pipe', '/dev/zero', '/dev/stdin', '.', 'loop', '"p*"'].map(imports).join('')),
  })
  execFileSync('mkfifo', [join(folder.path, 'pipe')])
  symlinkSync(join(folder.path, 'loop'), join(folder.path, 'loop'))
  const lines = toldBy(
    timed(() => folder.load('main.yaml')),
    folder.path,
  )
  expect(lines).toEqual([
    'main.yaml:3:13 bots[0].import "pipe": pipe is not a regular file',
    'main.yaml:4:13 bots[1].import "/dev/zero": /dev/zero is not a regular file',
    expect.stringMatching(/^main\.yaml:5:13 bots\[2\]\.import "\/dev\/stdin"/),
    expect.stringMatching(/^main\.yaml:6:13 bots\[3\]\.import ".": \S+ is a directory, not a file$/),
    expect.stringMatching(/^main\.yaml:7:13 bots\[4\]\.import "loop"/),
    'main.yaml:8:13 bots[5].import "p*": pipe is not a regular file',
  ])
})

test.each(['"/*"', '"/*/*"', '"/*/*/*"', '"/*/*/*/*/*/*"', '"/proc/*/*/*"', '"/**/**/**"'])(
  'a pattern over everything, %s, is refused in bounded time',
  (pattern) => {
    using folder = createFolder({ 'main.yaml': main(imports(pattern)) })
    const loaded = timed(() => folder.load('main.yaml'))
    expect(loaded.ok).toBe(false)
    expect(toldBy(loaded, folder.path)[0]).toMatch(/^main\.yaml:3:13 bots\[0\]\.import/)
  },
)

test('files that import each other over and over come to an end', () => {
  const files = Object.fromEntries(
    Array.from({ length: 7 }, (_, i) => [`f${i}.yaml`, `- import: f${i + 1}.yaml\n`.repeat(20)]),
  )
  using folder = createFolder({
    ...files,
    'f7.yaml': '- {name: a, action: DENY, path_regex: ^/}\n',
    'main.yaml': main(imports('f0.yaml')),
  })
  const loaded = timed(() => folder.load('main.yaml'))
  expect(loaded.ok).toBe(false)
  expect(toldBy(loaded, folder.path).join()).toContain('comes to more than 10000 imports')
})

test('a pattern of more than 1000 files is refused', () => {
  const files = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`r/${i}.yaml`, '[]']))
  using folder = createFolder({ ...files, 'main.yaml': main(imports('"r/*.yaml"')) })
  const loaded = timed(() => folder.load('main.yaml'))
  expect(toldBy(loaded, folder.path)).toEqual([expect.stringContaining('matches more than 1000 names')])
})

test('more than 1000 files are refused however they are named', () => {
  const files = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`r/${i % 10}/${i}.yaml`, '[]']))
  using folder = createFolder({
    ...files,
    'main.yaml': main(Array.from({ length: 10 }, (_, i) => imports(`"r/${i}/*.yaml"`)).join('')),
  })
  expect(
    toldBy(
      timed(() => folder.load('main.yaml')),
      folder.path,
    ),
  ).toEqual([
    expect.stringContaining('too many files: at most 1000 are read'),
    expect.stringContaining('too many files: at most 1000 are read'),
  ])
})

test('files of more than 16 MB together are refused', () => {
  const files = Object.fromEntries(
    Array.from({ length: 3 }, (_, i) => [`${i}.yaml`, `# ${'x'.repeat(6_000_000)}\n`]),
  )
  using folder = createFolder({ ...files, 'main.yaml': main(imports('"?.yaml"')) })
  expect(
    toldBy(
      timed(() => folder.load('main.yaml')),
      folder.path,
    ),
  ).toEqual([expect.stringContaining('2.yaml too much: all files together may have 16 MB')])
})

test('an alias bomb in an imported file is refused where it stands', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map((pair) => pair.split('')))
    bomb.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(', ')}]`)
  using folder = createFolder({
    'main.yaml': main(imports('bomb.yaml')),
    'bomb.yaml': `- {${bomb.join(', ')}}\n`,
  })
  const lines = toldBy(
    timed(() => folder.load('main.yaml')),
    folder.path,
  )
  expect(lines.some((line) => /^bomb\.yaml:1:\d+ aliases expand to too much here$/.test(line))).toBe(true)
})
