import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFolder, toldBy } from './folder.ts'

const rule = (name: string, more = ''): string =>
  `- {name: ${name}, action: DENY, path_regex: ^/${name}${more}}\n`
const main = (...entries: string[]): string => `mode: enforce\nbots:\n${entries.join('')}`
const imports = (file: string): string => `- import: ${file}\n`
const namesOf = (loaded: ReturnType<ReturnType<typeof createFolder>['load']>): string[] => {
  if (!loaded.ok) throw new Error(loaded.faults.map(({ file, message }) => `${file} ${message}`).join('\n'))
  return loaded.config.bots.map(({ name }) => name)
}

test('the rules of an imported file stand in the place of the import, however deep it goes', () => {
  using folder = createFolder({
    'main.yaml': main(rule('a'), imports('rules/b.yaml'), rule('e')),
    'rules/b.yaml': rule('b') + imports('deep/c.yaml'),
    'rules/deep/c.yaml': `${rule('c')}---\n${rule('d')}---\n`,
  })
  const loaded = folder.load('main.yaml')
  expect(namesOf(loaded)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(loaded.sources).toEqual(
    ['main.yaml', 'rules/b.yaml', 'rules/deep/c.yaml'].map((name) => join(folder.path, name)),
  )
})

test('every rule knows the file and line where it stands', () => {
  using folder = createFolder({
    'main.yaml': main(rule('a'), imports('r/b.yaml'), rule('d')),
    'r/b.yaml': `# rules\n${rule('b')}${rule('c')}`,
  })
  const loaded = folder.load('main.yaml')
  const origins = loaded.ok ? loaded.config.origins : []
  expect(origins.map(({ file, line }) => `${file.slice(folder.path.length + 1)}:${line}`)).toEqual([
    'main.yaml:3',
    'r/b.yaml:2',
    'r/b.yaml:3',
    'main.yaml:5',
  ])
})

test('a fault in an imported rule names the imported file, whoever finds it', () => {
  using folder = createFolder({
    'main.yaml': main(rule('a'), imports('b.yaml')),
    'b.yaml':
      rule('b', '(') + '- {name: c, action: BLOCK, path_regex: ^/c}\n- {name: d, acton: DENY}\n- text: [\n',
    'c.yaml': main(imports('d.yaml'), 'workers: 0\n'),
    'd.yaml': rule('b', '(') + '- {name: c, action: BLOCK, path_regex: ^/c}\n- {name: d, acton: DENY}\n',
  })
  expect(toldBy(folder.load('main.yaml'), folder.path)).toEqual([
    expect.stringMatching(/^b\.yaml:5:1 not YAML: Flow sequence/),
  ])
  expect(toldBy(folder.load('c.yaml'), folder.path)).toEqual([
    'c.yaml:4:10 workers must be auto or a number from 1 to 64, got 0',
    expect.stringMatching(/^d\.yaml:1:39 \[0\]\.path_regex is not a regular expression/),
    expect.stringMatching(/^d\.yaml:2:21 \[1\]\.action must be one of ALLOW, DENY/),
    'd.yaml:3:3 missing key "action" in [2]',
    'd.yaml:3:13 unknown key "acton" in [2]; did you mean "action"?',
  ])
})

test('a file is looked for beside the importing file, and then in the working directory', () => {
  using folder = createFolder({
    'conf/main.yaml': main(imports('x.yaml'), imports('y.yaml')),
    'conf/x.yaml': rule('beside'),
    'cwd/x.yaml': rule('elsewhere'),
    'cwd/y.yaml': rule('cwd'),
  })
  expect(namesOf(folder.load('conf/main.yaml', { cwd: join(folder.path, 'cwd') }))).toEqual(['beside', 'cwd'])
  expect(toldBy(folder.load('conf/main.yaml'), folder.path)).toEqual([
    'conf/main.yaml:4:11 bots[1].import "y.yaml" names a file that does not exist beside the importing file or in the working directory',
  ])
})

test('a pattern names files in natural order, dots and classes as in Go', () => {
  const names = ['r10.yaml', 'r9.yaml', 'r1.yaml', 'x1.yaml', 'r1.yml', 's/r2.yaml']
  using folder = createFolder({
    ...Object.fromEntries(names.map((name) => [name, rule(name.replace('/', '-'))])),
    'all.yaml': main(imports('"r*.yaml"')),
    'one.yaml': main(imports('"[^r]?.yaml"')),
    'folders.yaml': main(imports('"?/r[0-9].y*l"')),
    'none.yaml': main(imports('"q*.yaml"')),
    'broken.yaml': main(imports('"r[.yaml"')),
  })
  expect(namesOf(folder.load('all.yaml'))).toEqual(['r1.yaml', 'r9.yaml', 'r10.yaml'])
  expect(namesOf(folder.load('one.yaml'))).toEqual(['x1.yaml'])
  expect(namesOf(folder.load('folders.yaml'))).toEqual(['s-r2.yaml'])
  expect(toldBy(folder.load('none.yaml'), folder.path).join()).toContain('"q*.yaml" matches no file')
  expect(toldBy(folder.load('broken.yaml'), folder.path).join()).toContain('is not a pattern')
})

test('(data)/ is the folder of built-in sets and nothing outside of it', () => {
  using folder = createFolder({
    'main.yaml': main(imports('(data)/bots/b.yaml'), imports('(data)/bots/_*.yaml')),
    'out.yaml': main(imports('(data)/../main.yaml'), imports('(data)/x.yaml'), imports('(data)/')),
    'data/bots/b.yaml': rule('b') + imports('c.yaml'),
    'data/bots/c.yaml': rule('c'),
    'data/bots/_d.yaml': rule('d'),
  })
  const builtin = join(folder.path, 'data')
  const loaded = folder.load('main.yaml', { builtin })
  expect(namesOf(loaded)).toEqual(['b', 'c', 'd'])
  expect(loaded.ok && loaded.config.origins.map(({ file }) => file)).toEqual([
    '(data)/bots/b.yaml',
    '(data)/bots/c.yaml',
    '(data)/bots/_d.yaml',
  ])
  expect(toldBy(folder.load('out.yaml', { builtin }), folder.path)).toEqual([
    expect.stringContaining('must name a file in (data)/'),
    expect.stringContaining('names no built-in rule set'),
    expect.stringContaining('must name a file in (data)/'),
  ])
})

test('an import stands alone and names a text', () => {
  using folder = createFolder({
    'main.yaml': main('- {import: b.yaml, name: b}\n', '- import: [b.yaml]\n', imports('""')),
    'b.yaml': rule('b'),
  })
  expect(toldBy(folder.load('main.yaml'), folder.path)).toEqual([
    'main.yaml:3:12 bots[0].import must stand alone; "name" belongs to an entry of its own',
    'main.yaml:4:11 bots[1].import must be the path of a file, got a list',
    'main.yaml:5:11 bots[2].import "" must be the path of a file',
  ])
})

test('a whole policy file, a rule alone and a text are no lists of rules', () => {
  using folder = createFolder({
    'main.yaml': main(
      imports('policy.yaml'),
      imports('rule.yaml'),
      imports('text.yaml'),
      imports('empty.yaml'),
    ),
    'policy.yaml': main(rule('a')),
    'rule.yaml': '{name: a, action: DENY}',
    'text.yaml': 'a',
    'empty.yaml': '# nothing\n',
  })
  expect(toldBy(folder.load('main.yaml'), folder.path)).toEqual([
    expect.stringMatching(/^policy\.yaml:1:1 is a whole policy file; .*move the entries of its bots/),
    'rule.yaml:1:1 must be a list of rules, got a mapping',
    'text.yaml:1:1 must be a list of rules, got "a"',
  ])
})

test('files that import one another in a circle are refused with the whole circle', () => {
  using folder = createFolder({
    'main.yaml': main(imports('a.yaml')),
    'a.yaml': rule('a') + imports('b.yaml'),
    'b.yaml': imports('link.yaml'),
    'self.yaml': main(imports('self.yaml')),
  })
  symlinkSync(join(folder.path, 'a.yaml'), join(folder.path, 'link.yaml'))
  expect(toldBy(folder.load('main.yaml'), folder.path)).toEqual([
    'b.yaml:1:11 [0].import goes in a circle: a.yaml → b.yaml → a.yaml',
  ])
  expect(toldBy(folder.load('self.yaml'), folder.path)).toEqual([
    'self.yaml:3:11 bots[0].import goes in a circle: self.yaml → self.yaml',
  ])
})

test('a file that one document imports twice is a warning, and so are the names that come twice with it', () => {
  using folder = createFolder({
    'main.yaml': main(imports('a.yaml'), imports('./a.yaml')),
    'a.yaml': rule('a'),
  })
  const loaded = folder.load('main.yaml')
  expect(namesOf(loaded)).toEqual(['a', 'a'])
  expect(toldBy(loaded, folder.path)).toEqual([
    'main.yaml:4:11 bots[1].import names a.yaml, which was imported before',
    'a.yaml:1:10 [0].name must be unique; an earlier rule is named "a"',
  ])
})

test('files may import one another eight deep and no deeper', () => {
  const chain = (depth: number): Record<string, string> => ({
    ...Object.fromEntries(
      Array.from({ length: depth - 1 }, (_, index) => [`f${index + 1}.yaml`, imports(`f${index + 2}.yaml`)]),
    ),
    [`f${depth}.yaml`]: rule('last'),
    'main.yaml': main(imports('f1.yaml')),
  })
  using eight = createFolder(chain(8))
  using nine = createFolder(chain(9))
  expect(namesOf(eight.load('main.yaml'))).toEqual(['last'])
  expect(toldBy(nine.load('main.yaml'), nine.path)).toEqual([
    'f8.yaml:1:11 [0].import is nested too deeply: at most 8 files may import one another',
  ])
})

test('variables are put into what is imported', () => {
  using folder = createFolder({
    'main.yaml': main(imports('${WHERE}.yaml')),
    'b.yaml': '- {name: "${NAME:-b}", action: DENY, path_regex: ^/}\n',
  })
  expect(namesOf(folder.load('main.yaml', { env: { WHERE: 'b', NAME: 'from outside' } }))).toEqual([
    'from outside',
  ])
})

test('what is read of files is told even when the configuration is refused, so that a watch sees the repair', () => {
  using folder = createFolder({ 'main.yaml': main(imports('b.yaml')), 'b.yaml': '- {' })
  expect(folder.load('main.yaml')).toMatchObject({
    ok: false,
    sources: [join(folder.path, 'main.yaml'), join(folder.path, 'b.yaml')],
  })
})
