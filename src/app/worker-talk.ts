import type { EventEmitter } from 'node:events'
import type { FromWorker, ToWorker } from './thread-message.ts'

/** What came of a question to a worker: its answer, or that it ended, or that time was up. */
export type Reply = FromWorker | 'gone' | 'late'

/** The part of a worker thread that is talked to. */
export interface Listener extends Pick<EventEmitter, 'on' | 'off'> {
  postMessage(message: ToWorker): void
}

/** Tells a worker something and waits for the message that `isAnswer` knows, for `milliseconds` at most. */
export const ask = (
  worker: Listener,
  message: ToWorker,
  isAnswer: (answer: FromWorker) => boolean,
  milliseconds: number,
): Promise<Reply> =>
  new Promise((resolve) => {
    const settle = (reply: Reply): void => {
      clearTimeout(timer)
      worker.off('message', hear)
      worker.off('exit', gone)
      resolve(reply)
    }
    const hear = (answer: FromWorker): void => {
      if (isAnswer(answer)) settle(answer)
    }
    const gone = (): void => settle('gone')
    const timer = setTimeout(() => settle('late'), milliseconds)
    worker.on('message', hear)
    worker.on('exit', gone)
    worker.postMessage(message)
  })
