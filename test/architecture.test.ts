import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'

const FLOORS = [
  ['base', 'decay-map', 'protocol.ts'],
  ['client', 'store', 'pages', 'rates', 'lists', 'geo', 'dns'],
  ['policy', 'challenge', 'pass', 'proxy'],
  ['gateway', 'observe', 'config'],
  ['app'],
  ['cli'],
]
const root = join(import.meta.dirname, '..')
const filesOf = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('dist'))
    .map((file) => join(folder, file))
const importsOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    relative(root, normalize(join(root, dirname(file), match[1]!))),
  )
const roomOf = (file: string) => file.split('/')[1]!
const floorOf = (file: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)))

test('every file of src/ stands in a known room', () => {
  expect(filesOf('src').filter((file) => floorOf(file) < 0)).toEqual([])
})

test('imports go down or stay in their room', () => {
  const offences = filesOf('src').flatMap((file) =>
    importsOf(file)
      .filter((to) => to.startsWith('src/') && roomOf(to) !== roomOf(file) && floorOf(to) >= floorOf(file))
      .map((to) => `${file} -> ${to}`),
  )
  expect(offences).toEqual([])
})

test('web/ knows only protocol.ts of src/', () => {
  const offences = filesOf('web').flatMap((file) =>
    importsOf(file)
      .filter((to) => to.startsWith('src/') && to !== 'src/protocol.ts')
      .map((to) => `${file} -> ${to}`),
  )
  expect(offences).toEqual([])
})

test('no imports go in a circle', () => {
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
    else if (!done.has(file)) {
      for (const to of importsOf(file).filter((name) => name.startsWith('src/'))) walk(to, [...path, file])
      done.add(file)
    }
  }
  for (const file of filesOf('src')) walk(file, [])
  expect(circles).toEqual([])
})

test('no room is named for nothing and nothing is re-exported in bulk', () => {
  const offences = filesOf('src').filter((file) =>
    /\/(utils?|lib|common|helpers?|index)(\/|\.ts$)/.test(file),
  )
  expect(offences).toEqual([])
})
