/** One JSON line for each decision that is not a pass, and for what an operator should read. */
import { pino } from 'pino'
import type { DecidedEvent, GateEvent, OnEvent, WorkerEvent } from '../base/event.ts'
import { createIsoClock, decisionLine, isTold, refusedAnswerLine } from './log-decision.ts'
import { createLogFile } from './log-file.ts'
import { causeOf, createTextCap } from './log-text.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogOptions {
  readonly level: LogLevel
  /** A file to append to; standard output when absent. */
  readonly file?: string
  /** Wall-clock milliseconds. */
  readonly now?: () => number
}

export interface Log {
  /** Never throws, whatever becomes of the destination. */
  readonly onEvent: OnEvent
  /** Opens the file anew, for log rotation. */
  reopen(): void
  /** Writes what waits, now; before the process or the thread ends. */
  flush(): void
  /** Lines that the destination did not take. */
  lost(): number
  /** Flushes and closes the file. */
  close(): void
}

const WORKER_LEVELS = { started: 'info', died: 'error', stopped: 'info' } as const satisfies Record<
  WorkerEvent['state'],
  LogLevel
>

/**
 * The log of one thread.
 *
 * @throws when `file` cannot be opened.
 */
export const createLog = ({ level, file, now = Date.now }: LogOptions): Log => {
  const destination = createLogFile(file)
  const cap = createTextCap()
  const time = createIsoClock(now)
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${time()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )

  const tellsDecisions = logger.isLevelEnabled('info')
  const decided = (event: DecidedEvent): void => {
    if (!tellsDecisions || (event.action === 'pass' && event.marks?.some(isTold) !== true)) return
    destination.write(decisionLine(event, time(), cap))
  }

  const write = (event: GateEvent): void => {
    switch (event.name) {
      case 'decided':
        return decided(event)
      case 'challenge':
        if (tellsDecisions && event.step === 'failed') destination.write(refusedAnswerLine(event, time()))
        return
      case 'upstream-failed':
        return logger.error(
          { code: event.code, reference: event.reference, cause: causeOf(event.cause, cap, false) },
          'upstream failed',
        )
      case 'swept':
        if (event.result === 'ok') return
        return logger.error({ map: event.map, cause: causeOf(event.cause, cap, true) }, 'sweep failed')
      case 'worker':
        return logger[WORKER_LEVELS[event.state]](
          {
            worker: event.worker,
            ...(event.cause === undefined ? {} : { cause: causeOf(event.cause, cap, true) }),
          },
          `worker ${event.state}`,
        )
      case 'reloaded':
        return logger[event.result === 'ok' ? 'info' : 'error'](
          { result: event.result, detail: event.detail },
          'configuration reloaded',
        )
      case 'notice':
        return logger[event.level](
          event.cause === undefined ? {} : { cause: causeOf(event.cause, cap, true) },
          event.message,
        )
      // What led to it has a line of its own; the journal keeps it by its reference.
      case 'faulted':
      case 'pass':
      case 'upstream-answered':
        return
    }
  }

  return {
    onEvent: (event) => {
      try {
        write(event)
      } catch {
        // A cause with a getter that throws must not become the fault of a request.
      }
    },
    reopen: () => destination.reopen(),
    flush: () => destination.flush(),
    lost: () => destination.lost(),
    close: () => destination.close(),
  }
}
