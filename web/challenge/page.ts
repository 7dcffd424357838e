/** The challenge page's entry. */
import {
  CHALLENGE_ELEMENT_ID,
  type ChallengeJson,
  type PageChallenge,
  type PageFailure,
  type PageTexts,
  TEXTS_ELEMENT_ID,
} from '../../src/protocol.ts'
import { createGuard } from './guard.ts'
import { solveWithPool } from './pool.ts'
import { createProgress, expectedHashes } from './progress.ts'
import { createWorkerSolver, localSolver, workerCount } from './solvers.ts'
import { submit } from './submit.ts'
import { tabKeeper } from './tab-keeper.ts'
import { joinTabs, takeTurn } from './tabs.ts'
import { createView } from './view.ts'

// Attributes of the element, because they are no part of what the policy's hash covers.
const startWorker = createWorkerSolver(document.currentScript?.dataset['worker'] ?? '')
/** Milliseconds that workers are given for their first word. */
const PATIENCE = 5000
/** Milliseconds between two changes of the bar. */
const FRAME = 100

const read = (id: string): unknown => JSON.parse(document.getElementById(id)?.textContent ?? '')
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

const start = async (): Promise<void> => {
  const texts = read(TEXTS_ELEMENT_ID) as PageTexts
  const guard = createGuard(tabKeeper(window), location.pathname + location.search, Date.now)
  const retry = (): void => {
    guard.forget()
    location.reload()
  }
  const view = createView({ document, texts, site: location.host, onRetry: retry })
  let leaving = false
  const leave = (): undefined => {
    leaving = true
    location.reload()
  }
  const tellTabs = joinTabs(() => {
    if (leaving || guard.count('followed')) return
    guard.note('followed')
    leave()
  })

  const solve = (challenge: ChallengeJson) => {
    const { puzzles, target } = challenge
    const begun = performance.now()
    const progress = createProgress(puzzles, target)
    let shown = begun
    view.begin(expectedHashes(puzzles, target))
    return solveWithPool({
      challenge,
      solvers: workerCount(navigator.hardwareConcurrency),
      startWorker,
      startLocal: localSolver,
      patience(run) {
        const timer = setTimeout(run, PATIENCE)
        return () => clearTimeout(timer)
      },
      onProgress(solved, hashes) {
        const now = performance.now()
        const state = progress(solved, hashes, now - begun)
        if (now - shown < FRAME) return
        shown = now
        view.progress(state)
      },
    })
  }

  const attempt = async (challenge: ChallengeJson, isFirst: boolean): Promise<PageFailure | undefined> => {
    const solution = await solve(challenge)
    if (leaving) return undefined
    const submission = await submit(
      challenge.answer,
      { id: challenge.id, ...solution },
      { fetch: (url, init) => fetch(url, init), wait, onRetry: () => view.say(texts.retrying) },
    )
    if (submission.outcome === 'expired')
      return isFirst && submission.fresh ? attempt(submission.fresh, false) : 'expired'
    if (submission.outcome === 'passed') {
      guard.note('answered')
      view.done()
      tellTabs()
    } else if (submission.outcome === 'spent' && !guard.count('spent')) guard.note('spent')
    else return submission.outcome
    return leave()
  }

  const run = async (): Promise<PageFailure | undefined> => {
    if (!navigator.cookieEnabled) return 'cookies-off'
    // Once may be a page that needs more work than the last one did.
    if (guard.count('answered') > 1) return 'cookies-refused'
    await takeTurn(navigator.locks, () => view.say(texts.waiting))
    return leaving ? undefined : attempt(read(CHALLENGE_ELEMENT_ID) as PageChallenge, true)
  }
  const failure = await run().catch((): PageFailure => 'script')
  if (failure) view.fail(failure)
}

document.documentElement.classList.add('scripted')
document.addEventListener('DOMContentLoaded', () => void start())
// Shown again from the browser's memory, the page would only pretend to work.
window.addEventListener('pageshow', (event) => event.persisted && location.reload())
