import { LOOKED_AT } from './format.ts'
import { createLines } from './lines.ts'
import type { Line } from './lines.ts'
import type { Source } from './source.ts'

/** The lines of a log, block by block. */
export type Batches = AsyncGenerator<readonly Line[], void>

export async function* batchesOf(source: Source, onFault: (why: string) => void): Batches {
  const lines = createLines()
  for await (const block of source.blocks(onFault)) yield lines.split(block)
  yield lines.rest()
}

/** The lines by which the format of a log is known. */
export const textsOf = (lines: readonly Line[]): string[] =>
  lines.filter((line): line is string => typeof line === 'string' && line !== '').slice(0, LOOKED_AT)

/** A log may begin with nothing but line breaks. */
const MOST_IN_HEAD = 100_000

/** The first blocks, as many as it takes to see the format, in one. */
export const headOf = async (batches: Batches): Promise<readonly Line[]> => {
  const head: Line[] = []
  while (head.length < MOST_IN_HEAD && textsOf(head).length < LOOKED_AT) {
    const next = await batches.next()
    if (next.done === true) break
    for (const line of next.value) head.push(line)
  }
  return head
}
