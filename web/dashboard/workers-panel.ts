/** The worker threads, and the memory of the process. */
import type { WorkerSnapshot } from '../../src/protocol.ts'
import { createChart } from './chart.ts'
import { element, panel, show } from './dom.ts'
import { bytesText, durationText, numberText, rateText, shareText } from './format.ts'
import { seriesNames } from './history.ts'
import type { History } from './history.ts'

const LATE_MS = 100
const MIB = 1024 ** 2
const STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384].map((mib) => mib * MIB)
const HEADS = ['Worker', 'State', 'Up', 'Requests', 'Share', 'Loop delay', 'Restarts']

const rowOf = (worker: WorkerSnapshot, all: number, at: number): HTMLElement => {
  const cells = [
    worker.state,
    durationText(Math.max(0, at - worker.startedAt)),
    numberText(worker.requests),
    shareText(worker.requests, all),
    `${rateText(worker.eventLoopDelayMs)} ms`,
    numberText(worker.restarts),
  ].map((text) => element('td', {}, text))
  cells[0]!.dataset['state'] = worker.state
  cells[4]!.classList.toggle('alarm', worker.eventLoopDelayMs > LATE_MS)
  return element('tr', {}, element('th', { scope: 'row' }, String(worker.worker)), ...cells)
}

/** A table of the workers. */
export const createWorkersPanel = () => {
  const empty = element('p', { class: 'empty' }, 'No worker thread has started yet.')
  const body = element('tbody')
  const heads = HEADS.map((text) => element('th', { scope: 'col' }, text))
  const table = element(
    'table',
    {},
    element(
      'caption',
      { class: 'unseen' },
      'Worker threads; loop delay is the 99th percentile of the last seconds',
    ),
    element('thead', {}, element('tr', {}, ...heads)),
    body,
  )
  const scroller = element(
    'div',
    { class: 'scroller', tabindex: '0', role: 'region', 'aria-label': 'Table of workers' },
    table,
  )
  return {
    root: panel('workers', 'Workers', empty, scroller),
    update: (history: History): void => {
      const snapshot = history.latest()
      const workers = snapshot?.workers ?? []
      const all = workers.reduce((sum, worker) => sum + worker.requests, 0)
      show(empty, workers.length === 0)
      show(scroller, workers.length > 0)
      body.replaceChildren(...workers.map((worker) => rowOf(worker, all, snapshot?.at ?? 0)))
    },
  }
}

/** Resident memory over time. */
export const createMemoryPanel = () => {
  const chart = createChart({
    label: 'Resident memory of the process over time',
    series: [{ label: 'Resident', color: '--pass', fill: true }],
    axisText: bytesText,
    valueText: bytesText,
    leastTop: 64 * MIB,
    steps: STEPS,
  })
  return {
    root: panel('memory', 'Memory of the process', chart.root),
    update: (history: History): void => chart.set(history.times, [history.series(seriesNames.rss)]),
  }
}
