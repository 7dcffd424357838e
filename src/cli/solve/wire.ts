import { z } from 'zod'
import { bad, good } from '../../base/parsed.ts'
import type { Parsed } from '../../base/parsed.ts'
import { CHALLENGE_ELEMENT_ID } from '../../protocol.ts'
import type { ChallengeJson } from '../../protocol.ts'

const challengeSchema = z.object({
  id: z.string().min(1).max(4096),
  kind: z.string().max(64),
  seed: z.base64url().length(43),
  puzzles: z.int().min(1).max(64),
  target: z
    .int()
    .min(1)
    .max(2 ** 32),
  expires: z.number(),
  answer: z.string().startsWith('/').max(4096),
})

const problemSchema = z.object({
  title: z.string().catch('refused'),
  reason: z.string().exactOptional(),
  challenge: z.unknown(),
})

export type Problem = z.output<typeof problemSchema>

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** A problem document, or undefined when the body is none. */
export const parseProblem = (body: string): Problem | undefined => problemSchema.safeParse(jsonOf(body)).data

const embedded = (page: string): string | undefined => {
  const open = new RegExp(`<script\\b[^>]*\\bid="?${CHALLENGE_ELEMENT_ID}"?[^>]*>`, 'i').exec(page)
  if (open === null) return undefined
  const start = open.index + open[0].length
  const end = page.indexOf('</script', start)
  return end < 0 ? undefined : page.slice(start, end)
}

/** The challenge in a challenge page or in a problem document. */
export const parseChallenge = (body: string): Parsed<ChallengeJson> => {
  const found = parseProblem(body)?.challenge ?? jsonOf(embedded(body) ?? '')
  if (found === undefined) return bad('the answer holds no challenge')
  const challenge = challengeSchema.safeParse(found)
  return challenge.success
    ? good(challenge.data)
    : bad('the answer holds a challenge that cannot be understood')
}
