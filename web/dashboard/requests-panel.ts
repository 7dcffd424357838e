/** Requests per second by what was done with them. */
import { createChart } from './chart.ts'
import { element, panel, show } from './dom.ts'
import { rateText, shortText } from './format.ts'
import { seriesNames } from './history.ts'
import type { History } from './history.ts'

const ACTIONS = [
  ['pass', 'Passed'],
  ['allow', 'Allowed by rule'],
  ['challenge', 'Challenged'],
  ['deny', 'Denied'],
] as const

/** One line for each action. */
export const createRequestsPanel = () => {
  const empty = element(
    'p',
    { class: 'empty' },
    'No request yet. Open the site through the gateway to see one here.',
  )
  const chart = createChart({
    label: 'Requests per second by action',
    series: ACTIONS.map(([action, label]) => ({ label, color: `--${action}` })),
    axisText: shortText,
    valueText: (value) => `${rateText(value)}/s`,
    leastTop: 5,
  })
  return {
    root: panel('requests', 'Requests per second', empty, chart.root),
    update: (history: History): void => {
      const all = Object.values(history.latest()?.requests ?? {}).reduce((sum, count) => sum + count, 0)
      show(empty, all === 0)
      chart.set(
        history.times,
        ACTIONS.map(([action]) => history.series(seriesNames.requests(action))),
      )
    },
  }
}
