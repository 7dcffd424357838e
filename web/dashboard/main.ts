/** Puts the panels on the page and feeds them the stream. */
import { clockText, durationText } from './format.ts'
import { setText } from './dom.ts'
import { createFunnelPanel } from './funnel-panel.ts'
import { createHistory } from './history.ts'
import { createMapsPanel } from './maps-panel.ts'
import { createRequestsPanel } from './requests-panel.ts'
import { watchStream } from './stream.ts'
import type { StreamState } from './stream.ts'
import { createMemoryPanel, createWorkersPanel } from './workers-panel.ts'

const byId = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

const history = createHistory()
const panels = [
  createRequestsPanel(),
  createFunnelPanel(),
  createMapsPanel(),
  createWorkersPanel(),
  createMemoryPanel(),
]
const status = byId('status')
const about = byId('about')
byId('panels').append(...panels.map(({ root }) => root))

const lostText = (): string => {
  const last = history.latest()
  return last === undefined
    ? 'No connection; trying again'
    : `Connection lost; figures of ${clockText(last.at)}`
}
const STATUS = {
  connecting: () => 'Connecting…',
  live: () => 'Live',
  paused: () => 'Paused',
  lost: lostText,
} as const satisfies Record<StreamState, () => string>

watchStream({
  onState: (state) => {
    document.body.dataset['stream'] = state
    status.dataset['state'] = state
    setText(status, STATUS[state]())
  },
  onSnapshot: (snapshot) => {
    history.push(snapshot)
    setText(about, `${snapshot.version} · up ${durationText(snapshot.at - snapshot.startedAt)}`)
    for (const { update } of panels) update(history)
  },
})
