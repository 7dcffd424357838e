import { bad } from '../base/parsed.ts'
import type { Parsed } from '../base/parsed.ts'
import type { Matches, World } from './matcher.ts'
import { holdAll } from './matchers/condition.ts'
import { MATCHER_KEYS } from './matchers.ts'
import type { ConditionOptions } from './options.ts'
import type { Ears } from './parts.ts'
import { compileConditions } from './rule.ts'

const MOST_SHOWN = 20

const unknown = (name: string, names: readonly string[]): Parsed<Matches> => {
  const there = names.length === 0 ? 'there are none' : `there are ${names.slice(0, MOST_SHOWN).join(', ')}`
  return bad(`names no condition: "${name}" (${there})`)
}

/** The named conditions, each compiled when first asked for; one that leads back to itself is a fault. */
export const createConditions = (
  options: Readonly<Record<string, ConditionOptions>>,
  world: () => World,
  ears: Ears,
): ((name: string) => Parsed<Matches>) => {
  const compiled = new Map<string, Parsed<Matches>>()
  const open = new Set<string>()

  const compile = (name: string, option: ConditionOptions): Parsed<Matches> => {
    let broken = false
    const conditions = compileConditions(option, world(), (key, message) => {
      broken = true
      ears.fault(['conditions', name, key], message)
    })
    if (!broken && conditions.length === 0) {
      broken = true
      ears.fault(['conditions', name], `needs at least one of ${MATCHER_KEYS.join(', ')}`)
    }
    if (broken) return bad(`names the condition "${name}", which is not usable`)
    return { ok: true, value: holdAll(conditions.map(({ matches }) => matches)) }
  }

  return (name) => {
    const known = compiled.get(name)
    if (known !== undefined) return known
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) return unknown(name, Object.keys(options))
    if (open.has(name)) return bad(`leads back to itself: ${[...open, name].join(' → ')}`)
    open.add(name)
    const result = compile(name, option)
    open.delete(name)
    compiled.set(name, result)
    return result
  }
}
