/** The DecayMaps: how full, what each sweep removed, whether the sweeper is well. */
import type { MapSnapshot, SweepSnapshot } from '../../src/protocol.ts'
import { createChart } from './chart.ts'
import type { Points } from './chart.ts'
import { element, facts, panel, setText, show } from './dom.ts'
import { bytesText, clockText, durationText, numberText, shareText, shortText } from './format.ts'
import { seriesNames } from './history.ts'
import type { History } from './history.ts'
import { drawSweeps } from './sweep-marks.ts'

const ROWS = 8
/** 1, 2, 5, 10, 20, 50 …: there is no half entry. */
const STEPS = Array.from({ length: 30 }, (_, index) => [1, 2, 5][index % 3]! * 10 ** Math.floor(index / 3))

const hasRisen = (points: Points): boolean => {
  const known = points.filter((value) => value !== null)
  return known.length > 0 && known.at(-1)! > known[0]!
}

interface MapCard {
  readonly root: HTMLElement
  update(map: MapSnapshot, history: History): void
}

const createSweepTable = (name: string) => {
  const body = element('tbody')
  const empty = element(
    'p',
    { class: 'empty' },
    'No sweep yet: the first comes one cleanup interval after the start.',
  )
  const heads = ['Time', 'Result', 'Removed', 'Took'].map((text) => element('th', { scope: 'col' }, text))
  const table = element(
    'table',
    {},
    element('caption', { class: 'unseen' }, `Last sweeps of ${name}, newest first`),
    element('thead', {}, element('tr', {}, ...heads)),
    body,
  )
  const rowOf = (sweep: SweepSnapshot): HTMLElement =>
    element(
      'tr',
      sweep.result === 'failed' ? { class: 'alarm' } : {},
      element('td', {}, clockText(sweep.at)),
      element('td', {}, sweep.result === 'failed' ? `failed: ${sweep.cause ?? 'no cause given'}` : 'ok'),
      element('td', {}, numberText(sweep.removed)),
      element('td', {}, durationText(sweep.milliseconds)),
    )
  let shown = ''
  return {
    root: element('details', { class: 'sweeps' }, element('summary', {}, 'Last sweeps'), empty, table),
    update: (sweeps: readonly SweepSnapshot[]): void => {
      show(empty, sweeps.length === 0)
      show(table, sweeps.length > 0)
      const rows = sweeps.slice(-ROWS).toReversed()
      const key = rows.map(({ at }) => at).join()
      if (key === shown) return
      shown = key
      body.replaceChildren(...rows.map(rowOf))
    },
  }
}

const createMapCard = (name: string): MapCard => {
  const figure = element('strong', {}, '–')
  const against = element('span', {})
  const meter = element('meter', { min: '0', max: '1', high: '0.9', 'aria-label': `How full ${name} is` })
  const alarm = element('p', { class: 'alarm notice', role: 'alert', hidden: '' })
  const figures = facts(['Memory', 'Removed', 'Evicted', 'Good sweep'])
  const table = createSweepTable(name)
  let sweeps: readonly SweepSnapshot[] = []
  const chart = createChart({
    label: `Entries of ${name} over time, with sweeps`,
    series: [
      { label: 'Entries', color: '--allow', fill: true },
      { label: 'Capacity', color: '--muted', dash: [4, 4] },
    ],
    axisText: shortText,
    valueText: numberText,
    leastTop: 10,
    steps: STEPS,
    aside: [1],
    draw: (plot, color) => drawSweeps(plot, sweeps, color),
  })
  const root = element(
    'article',
    { class: 'card', 'aria-label': `Map ${name}` },
    element('h3', {}, name),
    element('p', { class: 'big' }, figure, ' ', against),
    meter,
    alarm,
    chart.root,
    figures.root,
    table.root,
  )
  return {
    root,
    update: (map, history) => {
      sweeps = history.sweepsOf(name)
      const last = sweeps.at(-1)
      const failed = last?.result === 'failed'
      setText(figure, numberText(map.entries))
      setText(against, `of ${numberText(map.capacity)} entries (${shareText(map.entries, map.capacity)})`)
      meter.value = map.capacity > 0 ? map.entries / map.capacity : 0
      show(alarm, failed)
      if (failed)
        setText(
          alarm,
          `The last sweep failed: ${last?.cause ?? 'no cause given'}. The next one runs as usual.`,
        )
      figures.set('Memory', bytesText(map.bytes))
      figures.set('Removed', numberText(map.removed))
      figures.set('Evicted', numberText(map.evictions), hasRisen(history.series(seriesNames.evictions(name))))
      const since = map.sinceGoodSweepMs
      figures.set('Good sweep', since === null ? 'none yet' : `${durationText(since)} ago`, failed)
      chart.set(history.times, [
        history.series(seriesNames.entries(name)),
        history.series(seriesNames.capacity(name)),
      ])
      table.update(sweeps)
    },
  }
}

/** One card for each map, in the order of the stream. */
export const createMapsPanel = () => {
  const cards = new Map<string, MapCard>()
  const empty = element(
    'p',
    { class: 'empty' },
    'No map is held in memory here: challenges live in another store.',
  )
  const grid = element('div', { class: 'cards' })
  const cardOf = (name: string): MapCard => {
    const known = cards.get(name)
    if (known !== undefined) return known
    const card = createMapCard(name)
    cards.set(name, card)
    grid.append(card.root)
    return card
  }
  return {
    root: panel('maps', 'Decay maps', empty, grid),
    update: (history: History): void => {
      const maps = history.latest()?.maps ?? []
      show(empty, maps.length === 0)
      for (const map of maps) cardOf(map.map).update(map, history)
    },
  }
}
