import type { FromWorker, GatewayPlan } from '../thread-message.ts'
import { ask, type Listener, type Reply } from '../worker-talk.ts'

/** Milliseconds that a worker may take to build everything anew, and to take it into use. */
const PREPARE_TIME = 60_000
const COMMIT_TIME = 10_000

const isAbout =
  (generation: number, ...words: readonly FromWorker['say'][]) =>
  (answer: FromWorker): boolean =>
    'generation' in answer && answer.generation === generation && words.includes(answer.say)

const faultOf = (reply: Reply): string | undefined => {
  if (reply === 'late') return `a worker was not ready within ${PREPARE_TIME / 1000} s`
  return typeof reply === 'object' && reply.say === 'cannot-prepare' ? reply.message : undefined
}

/**
 * Takes workers over to another plan in two phases: all of them build it, and only when all have, all take it into
 * use. A worker that ends meanwhile has no say, because whoever replaces it starts with the plan in force.
 *
 * @param onAgreed Called between the phases: from now on the plan is the one in force.
 * @returns Why the plan is not in force; undefined when it is.
 */
export const turnOver = async (
  workers: readonly Listener[],
  plan: GatewayPlan,
  onAgreed: () => void,
): Promise<string | undefined> => {
  const { generation } = plan
  const isVote = isAbout(generation, 'prepared', 'cannot-prepare')
  const votes = await Promise.all(
    workers.map((worker) => ask(worker, { say: 'prepare', plan }, isVote, PREPARE_TIME)),
  )
  const fault = votes.map(faultOf).find((found) => found !== undefined)
  if (fault !== undefined) {
    for (const worker of workers) worker.postMessage({ say: 'discard', generation })
    return fault
  }
  onAgreed()
  const isDone = isAbout(generation, 'committed')
  const alive = workers.filter((_, index) => votes[index] !== 'gone')
  await Promise.all(alive.map((worker) => ask(worker, { say: 'commit', generation }, isDone, COMMIT_TIME)))
  return undefined
}
