import { z } from 'zod'
import { good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import type { MatcherKind, Matches, Strictness, World } from '../matcher.ts'

const FAULT = 'must be the name of a condition or a list of names'

const schema = (text: string) =>
  z
    .union([z.string(FAULT).min(1, FAULT), z.array(z.string(FAULT)).min(1, FAULT).max(50, FAULT)], FAULT)
    .describe(text)

type Names = string | readonly string[]

const compileAll = (names: Names, world: World): Parsed<readonly Matches[]> => {
  const all: Matches[] = []
  for (const name of typeof names === 'string' ? [names] : names) {
    const compiled = world.condition(name)
    if (!compiled.ok) return compiled
    all.push(compiled.value)
  }
  return good(all)
}

/** True when all of them hold; waits for one only when all before it held. */
export const holdAll = (all: readonly Matches[]): Matches => {
  const from =
    (start: number): Matches =>
    (facts, strictness) => {
      for (let at = start; at < all.length; at++) {
        const held = all[at]!(facts, strictness)
        if (held instanceof Promise) return held.then((late) => late && from(at + 1)(facts, strictness))
        if (!held) return false
      }
      return true
    }
  return from(0)
}

const OPPOSITE: Readonly<Record<Strictness, Strictness>> = { some: 'every', every: 'some' }

/** What is denied is judged the other way round: no reading may escape a rule through its exception. */
const not =
  (matches: Matches): Matches =>
  (facts, strictness) => {
    const held = matches(facts, OPPOSITE[strictness])
    return held instanceof Promise ? held.then((late) => !late) : !held
  }

const show = (option: Names): string => (typeof option === 'string' ? option : option.join(', '))

/** `condition`: named conditions that must all hold. */
export const conditionMatcher: MatcherKind<Names> = {
  schema: schema('Named conditions (see conditions) that must all hold.'),
  compile(option, world) {
    const all = compileAll(option, world)
    return all.ok ? good(holdAll(all.value)) : all
  },
  show,
}

/** `unless`: named conditions of which none may hold. */
export const unlessMatcher: MatcherKind<Names> = {
  schema: schema('Named conditions (see conditions) of which none may hold.'),
  compile(option, world) {
    const all = compileAll(option, world)
    return all.ok ? good(holdAll(all.value.map(not))) : all
  },
  show,
}
