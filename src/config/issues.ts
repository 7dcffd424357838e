import type { z } from 'zod'
import type { Fault } from './fault.ts'
import { nearest } from './nearest.ts'
import type { Path, Places } from './places.ts'
import type { JsonSchema } from './schema.ts'
import { knownKeys, shapesAt } from './shape.ts'

// Guessing what was meant costs more than all else; a file that is of another kind needs no more of it.
const MOST_GUESSES = 100

type Issue = z.core.$ZodIssue

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
}

const isSpelledBoolean = (shown: string): boolean => /^"(?:yes|no|on|off|y|n)"$/i.test(shown)

const typeMessage = (expected: string, shown: string): string => {
  if (expected !== 'boolean') return `must be ${TYPE_WORDS[expected] ?? expected}`
  return isSpelledBoolean(shown)
    ? 'must be true or false (YAML 1.2 has no yes, no, on, off)'
    : 'must be true or false'
}

const isOwnMessage = (message: string): boolean => !/^(?:Invalid|Too |Unrecognized)/.test(message)

/** What is wrong, in words that follow the name of the key. */
const messageOf = (issue: Issue, shown: string): string => {
  if (isOwnMessage(issue.message)) return issue.message
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'has a wrong name'
  if (issue.code === 'invalid_type') return typeMessage(issue.expected, shown)
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`
  return 'has a wrong value'
}

// The alternatives of a union whose outer type fits say best what is wrong.
const branchOf = (issue: Issue): readonly Issue[] | undefined => {
  if (issue.code !== 'invalid_union') return undefined
  const fitting = issue.errors.filter(
    (branch) => !branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}

const unknownKey = (key: string, path: Path, places: Places, root: JsonSchema): string => {
  const isSite = path.length === 2 && path[0] === 'sites'
  if (isSite && knownKeys(shapesAt(root, [])).includes(key)) {
    return `"${key}" belongs to the whole gateway, not to a site`
  }
  const near = nearest(key, knownKeys(shapesAt(root, path)))
  const where = path.length === 0 ? '' : ` in ${places.text(path)}`
  const meant = near ?? elsewhere(key, path, root)
  return `unknown key "${key}"${where}${meant === undefined ? '' : `; did you mean "${meant}"?`}`
}

// A key of another section: most often one that lost its indentation.
const elsewhere = (key: string, path: Path, root: JsonSchema): string | undefined => {
  if (path.length > 1) return undefined
  const top = knownKeys(shapesAt(root, []))
  if (path.length === 1 && top.includes(key)) return key
  const section = top.find((name) => knownKeys(shapesAt(root, [name])).includes(key))
  return section === undefined ? undefined : `${section}.${key}`
}

/** Rewrites what the schema found as faults in plain words, with the place of the key or value. */
export const faultsOf = (issues: readonly Issue[], places: Places, root: JsonSchema): Fault[] => {
  const told = new Set<string>()
  const convert = (issue: Issue, prefix: Path): Fault[] => {
    const path = [...prefix, ...issue.path.filter((step) => typeof step !== 'symbol')]
    const branch = branchOf(issue)
    if (branch !== undefined) return branch.flatMap((inner) => convert(inner, path))
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key, index) => ({
        ...places.nearest([...path, key]).key,
        message: index < MOST_GUESSES ? unknownKey(key, path, places, root) : `unknown key "${key}"`,
      }))
    }
    const place = places.get(path)
    if (place !== undefined) {
      // One value, one fault: what else is wrong with it follows from the first.
      if (told.has(JSON.stringify(path))) return []
      told.add(JSON.stringify(path))
      const message = `${places.text(path)} ${messageOf(issue, place.shown)}, got ${place.shown}`
      return [{ ...place.value, message }]
    }
    return [missingFault(issue, path, places)]
  }
  return issues.flatMap((issue) => convert(issue, []))
}

const missingFault = (issue: Issue, path: Path, places: Places): Fault => {
  const position = places.nearest(path).value
  const required = issue.code === 'invalid_type' || issue.code === 'invalid_value'
  if (!required) return { ...position, message: `${places.text(path)} ${issue.message}` }
  const parent = path.length > 1 ? ` in ${places.text(path.slice(0, -1))}` : ''
  return { ...position, message: `missing key "${String(path.at(-1))}"${parent}` }
}
