import { z } from 'zod'
import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import type { MatcherKind, World } from '../matcher.ts'

const FAULT = 'must be the name of a list or a list of names'

const schema = z
  .union(
    [
      z.string(FAULT).transform((name) => [name]),
      z
        .array(z.string(FAULT), FAULT)
        .min(1, 'must have at least one name')
        .max(100, 'must have at most 100 names'),
    ],
    FAULT,
  )
  .describe('Names of lists (section lists); holds when one of them has the address of the client.')

/** Whether all names are lists of the configuration. */
export const knownLists = (names: readonly string[], { lists }: World): Parsed<readonly string[]> => {
  const unknown = names.find((name) => !lists.includes(name))
  if (unknown === undefined) return good(names)
  const known = lists.length === 0 ? 'there are none' : lists.join(', ')
  return bad(`must be a name of the section lists (${known}), not "${unknown}"`)
}

/** `list`: the address of the client stands on a list that is kept up to date. */
export const listMatcher: MatcherKind<readonly string[]> = {
  schema,
  compile(option, world) {
    const names = knownLists(option, world)
    const { senses } = world
    if (!names.ok) return names
    return good((facts) => names.value.some((name) => senses.listed(name, facts.client.address)))
  },
  show: (option) => option.join(', '),
}
