/** What became of the challenges. */
import type { FunnelSnapshot } from '../../src/protocol.ts'
import { element, panel, setText, show } from './dom.ts'
import { numberText, shareText } from './format.ts'
import type { History } from './history.ts'

const STEPS = [
  ['issued', 'Issued', 'A challenge was handed out'],
  ['solved', 'Solved', 'The right answer came in time'],
  ['failed', 'Failed', 'A wrong, spent or malformed answer came'],
  ['expired', 'Expired', 'The answer came too late'],
  ['abandoned', 'Abandoned', 'No answer ever came'],
] as const satisfies readonly (readonly [keyof FunnelSnapshot, string, string])[]

/** A table whose rows are bars. */
export const createFunnelPanel = () => {
  const empty = element(
    'p',
    { class: 'empty' },
    'No challenge issued yet. They appear as soon as a visitor without a pass meets a rule that asks for one.',
  )
  const rows = STEPS.map(([step, label, meaning]) => {
    const count = element('td', {}, '0')
    const share = element('td', {}, '–')
    const bar = element('span', { class: 'bar' })
    bar.style.setProperty('--bar', `var(--${step})`)
    const row = element(
      'tr',
      { title: meaning },
      element('th', { scope: 'row' }, label),
      count,
      share,
      element('td', { class: 'bars', 'aria-hidden': 'true' }, bar),
    )
    return { step, count, share, bar, row }
  })
  const table = element(
    'table',
    { class: 'funnel' },
    element('caption', { class: 'unseen' }, 'Challenges since the start, by what became of them'),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Step'),
        element('th', { scope: 'col' }, 'Count'),
        element('th', { scope: 'col' }, 'Share'),
        element('td', { 'aria-hidden': 'true' }),
      ),
    ),
    element('tbody', {}, ...rows.map(({ row }) => row)),
  )
  return {
    root: panel('funnel', 'Challenges since the start', empty, table),
    update: (history: History): void => {
      const funnel = history.latest()?.funnel
      const issued = funnel?.issued ?? 0
      show(empty, issued === 0)
      for (const { step, count, share, bar } of rows) {
        const value = funnel?.[step] ?? 0
        setText(count, numberText(value))
        setText(share, shareText(value, issued))
        bar.style.setProperty('width', `${issued > 0 ? Math.min(100, (value / issued) * 100) : 0}%`)
      }
    },
  }
}
