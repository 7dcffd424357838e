import type { OnEvent } from '../base/event.ts'
import type { Mac } from '../base/mac.ts'
import type { RandomBytes } from '../base/random.ts'
import { RECORD_BYTES, type Claim, type Store } from '../store/store.ts'
import type { AnswerFields, ChallengeKind } from './kind.ts'
import { levelOf } from './level.ts'
import { LONGEST_TOKEN, type Seal, type SealedChallenge, type Sealed } from './seal.ts'

/** What to issue. */
export interface Demand {
  readonly kind: string
  /** Expected hashes. */
  readonly work: number
  readonly site: string
  readonly host: string
  readonly returnPath: string
}

export interface Issued extends Sealed {
  readonly challenge: SealedChallenge
}

/** The judgement of an answer. Only `solved` and `again` may lead to a pass. */
export type Redemption =
  /** First right answer. */
  | { readonly outcome: 'solved'; readonly challenge: SealedChallenge; readonly mintedAt: number }
  /** The same browser once more within seconds: it gets the same pass, minted at the same time. */
  | { readonly outcome: 'again'; readonly challenge: SealedChallenge; readonly mintedAt: number }
  | { readonly outcome: 'wrong' | 'spent' | 'busy'; readonly challenge: SealedChallenge }
  /** `challenge` is undefined where the id is none of ours. */
  | { readonly outcome: 'expired' | 'unknown' | 'malformed'; readonly challenge: SealedChallenge | undefined }

/** Who answers, in words that stay the same for one browser over a few seconds. */
export type Fingerprint = string

/** Who sends an answer. */
export interface Answerer {
  /** The host it was sent to; a challenge of another host is unknown here. */
  readonly host: string
  readonly fingerprint: Fingerprint
  /** Of the request, for the log. */
  readonly reference: string
}

export interface Challenges {
  /** What an old challenge asked, to ask it again. */
  demandOf(challenge: SealedChallenge): Pick<Demand, 'kind' | 'work'>
  issue(demand: Demand): Issued | Promise<Issued>
  redeem(fields: AnswerFields, bearer: Answerer): Promise<Redemption>
}

/** How long the browser that solved may send the same answer again (double click, two tabs, a retry). */
const AGAIN_MILLISECONDS = 10_000

/** Label of answers whose challenge nobody can read. */
const UNKNOWN_KIND = 'other'

export const createChallenges = (parts: {
  readonly kinds: readonly ChallengeKind[]
  readonly seal: Seal
  readonly store: Store
  readonly random: RandomBytes
  /** Keyed, so that a record tells nothing about a visitor. */
  readonly mac: Mac
  /** Milliseconds since 1970, by a clock that nobody can step: challenges live by it. */
  readonly steadyClock: () => number
  /** Milliseconds since 1970, as the system has it: passes are minted and checked by it. */
  readonly wallClock: () => number
  /** Milliseconds. */
  readonly ttl: number
  readonly puzzles: number
  readonly onEvent: OnEvent
}): Challenges => {
  const kinds = new Map(parts.kinds.map((kind, index) => [kind.name, { kind, tag: index + 1 }]))
  const kindOf = (name: string) => {
    const found = kinds.get(name)
    if (!found) throw new RangeError(`there is no challenge kind ${name}`)
    return found
  }

  const recordOf = (fingerprint: Fingerprint, now: number): Buffer => {
    const record = Buffer.alloc(RECORD_BYTES)
    const text = Buffer.from(fingerprint)
    record.writeUIntBE(now, 0, 6)
    record.write(parts.mac(text, text.length), 6, 'latin1')
    return record
  }

  const draw = (demand: Demand): SealedChallenge => {
    const { kind } = kindOf(demand.kind)
    const terms = kind.terms(demand.work, parts.puzzles)
    const issuedAt = parts.steadyClock()
    return {
      id: parts.random(16),
      issuedAt,
      expires: Math.ceil((issuedAt + parts.ttl) / 1000),
      level: levelOf(demand.work),
      kind: demand.kind,
      terms,
      site: demand.site,
      host: demand.host,
      returnPath: demand.returnPath,
    }
  }

  const settle = (challenge: SealedChallenge, claim: Claim, record: Buffer, now: number): Redemption => {
    switch (claim.outcome) {
      case 'claimed':
        return { outcome: 'solved', challenge, mintedAt: now }
      case 'spent': {
        const mintedAt = claim.record.readUIntBE(0, 6)
        const sameBrowser = claim.record.subarray(6).equals(record.subarray(6))
        const recent = Math.abs(now - mintedAt) <= AGAIN_MILLISECONDS
        return sameBrowser && recent
          ? { outcome: 'again', challenge, mintedAt }
          : { outcome: 'spent', challenge }
      }
      case 'full':
        return { outcome: 'busy', challenge }
    }
  }

  const tellOutcome = ({ outcome, challenge }: Redemption, reference: string, now: number): void => {
    if (outcome === 'again') return
    const happened = {
      name: 'challenge',
      kind: challenge?.kind ?? UNKNOWN_KIND,
      count: 1,
      reference,
    } as const
    if (outcome === 'solved') {
      const milliseconds = Math.max(0, now - (challenge?.issuedAt ?? now))
      parts.onEvent({ ...happened, step: 'solved', milliseconds })
    } else parts.onEvent({ ...happened, step: outcome === 'expired' ? 'expired' : 'failed', reason: outcome })
  }

  const judge = (fields: AnswerFields, answerer: Answerer, now: number): Redemption | Promise<Redemption> => {
    const id = fields.get('id')
    if (typeof id !== 'string' || id.length === 0 || id.length > LONGEST_TOKEN)
      return { outcome: 'malformed', challenge: undefined }
    const opened = parts.seal.open(id)
    if (!opened || opened.challenge.host !== answerer.host || !kinds.has(opened.challenge.kind))
      return { outcome: 'unknown', challenge: undefined }
    const { challenge, seed } = opened
    if (now >= challenge.expires * 1000) return { outcome: 'expired', challenge }
    const judgement = kindOf(challenge.kind).kind.judge(seed, challenge.terms, fields)
    if (judgement !== 'solved') return { outcome: judgement, challenge }
    const mintedAt = parts.wallClock()
    const record = recordOf(answerer.fingerprint, mintedAt)
    const claim = parts.store.claim(challenge.id, record, challenge.expires * 1000 - now + 1000)
    return claim instanceof Promise
      ? claim.then((late) => settle(challenge, late, record, mintedAt))
      : settle(challenge, claim, record, mintedAt)
  }

  return {
    demandOf: ({ kind, terms }) => ({ kind, work: kindOf(kind).kind.work(terms) }),
    issue(demand) {
      const challenge = draw(demand)
      const issued = { challenge, ...parts.seal.seal(challenge) }
      const noted = parts.store.issued(challenge.id, kindOf(challenge.kind).tag, parts.ttl)
      parts.onEvent({ name: 'challenge', kind: challenge.kind, step: 'issued', count: 1 })
      return noted ? noted.then(() => issued) : issued
    },
    async redeem(fields, answerer) {
      const now = parts.steadyClock()
      const redemption = await judge(fields, answerer, now)
      tellOutcome(redemption, answerer.reference, now)
      return redemption
    },
  }
}
