/** The rounds as the text of a JavaScript function, for the build: no browser has to evaluate text for it. */
import { IV, K } from './constants.ts'
import { SLOTS } from './prepare.ts'
import { type Machine, emitRounds } from './rounds.ts'

const createMachine = (): Machine<string> & { readonly code: string[]; readonly locals: Set<string> } => {
  const code: string[] = []
  const locals = new Set<string>()
  return {
    code,
    locals,
    get: (local) => local,
    set: (local, value) => {
      locals.add(local)
      code.push(`${local}=${value}`)
    },
    slot: (name) => `s[${SLOTS.indexOf(name)}]`,
    k: (round) => `${K[round] ?? 0}`,
    add: (x, y) => `(${x}+${y}|0)`,
    xor: (x, y) => `(${x}^${y})`,
    shl: (x, bits) => `${x}<<${bits}`,
    shr: (x, bits) => `${x}>>>${bits}`,
    select: (mask, x, y) => `(${y}^${mask}&(${x}^${y}))`,
  }
}

/** A module that exports `search(slots, start, count, target)`, by the rules of `Kernel.search`. Deterministic. */
export const emitScript = (): string => {
  const m = createMachine()
  const last = emitRounds(m)
  return `export const search=(s,start,count,target)=>{let n=start|0,${[...m.locals].join()};
for(let i=0;i<count;i++,n=n+1|0){${m.code.join(';\n')};
if((${last}+${IV[7] ?? 0}>>>0)<target)return i}
return -1}`
}
