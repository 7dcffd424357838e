import type { AnswerJson, ChallengeJson, ProblemJson } from '../../src/protocol.ts'

/** How an answer went; `fresh` is a challenge to solve instead. */
export type Submission =
  | { readonly outcome: 'passed' | 'spent' | 'refused' | 'network' }
  | { readonly outcome: 'expired'; readonly fresh: ChallengeJson | undefined }

export interface SubmitParts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Waits that many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>
  readonly onRetry: () => void
}

/** Milliseconds before each further attempt. */
const BACKOFF = [500, 1500, 4500]

const problemOf = async (response: Response): Promise<Partial<ProblemJson>> => {
  try {
    return (await response.json()) as Partial<ProblemJson>
  } catch {
    return {}
  }
}

const judge = async (response: Response): Promise<Submission | undefined> => {
  if (response.ok) return { outcome: 'passed' }
  if (response.status >= 500 || response.status === 429) return undefined
  const problem = await problemOf(response)
  if (response.status === 410) return { outcome: 'expired', fresh: problem.challenge }
  return { outcome: problem.reason === 'spent' ? 'spent' : 'refused' }
}

/** Posts an answer, trying again where the network or the gateway is out of breath. */
export const submit = async (url: string, answer: AnswerJson, parts: SubmitParts): Promise<Submission> => {
  const init: RequestInit = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
    credentials: 'same-origin',
    cache: 'no-store',
  }
  for (const delay of [...BACKOFF, 0]) {
    try {
      const submission = await judge(await parts.fetch(url, init))
      if (submission) return submission
    } catch {}
    if (delay) {
      parts.onRetry()
      await parts.wait(delay)
    }
  }
  return { outcome: 'network' }
}
