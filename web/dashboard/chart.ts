/** A time chart with a legend that reads the values out, at the cursor or at the end. */
import uPlot from 'uplot'
import { element, setText } from './dom.ts'
import { clockText } from './format.ts'

const HEIGHT = 184
const SHORTEST_WINDOW = 60
const X_AXIS_HEIGHT = 24
const Y_AXIS_WIDTH = 58

export interface ChartSeries {
  readonly label: string
  /** Name of a custom property of the style sheet. */
  readonly color: string
  readonly fill?: boolean
  readonly dash?: readonly number[]
}

export type Points = readonly (number | null)[]

export interface ChartParts {
  /** What is drawn, for those who hear the page. */
  readonly label: string
  readonly series: readonly ChartSeries[]
  /** Of the axis. */
  readonly axisText: (value: number) => string
  /** Of the legend. */
  readonly valueText: (value: number) => string
  /** The least top of the scale, so that small values do not fill the chart. */
  readonly leastTop: number
  /** Steps of the axis; uPlot's own when absent. */
  readonly steps?: readonly number[]
  /** Series that do not stretch the scale. */
  readonly aside?: readonly number[]
  /** Draws over the lines. */
  readonly draw?: (plot: uPlot, color: (name: string) => string) => void
}

export interface Chart {
  readonly root: HTMLElement
  /** Seconds since 1970, then one column for each series. */
  set(times: readonly number[], columns: readonly Points[]): void
}

const colorOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const numbersOf = (points: Points | undefined): readonly number[] =>
  (points ?? []).filter((value) => value !== null)

const topOf = (columns: readonly Points[], aside: readonly number[], least: number): number => {
  const drawn = columns.filter((_, index) => !aside.includes(index)).flatMap(numbersOf)
  return Math.max(least, drawn.reduce((top, value) => Math.max(top, value), 0) * 1.12)
}

interface Legend {
  readonly root: HTMLElement
  readonly time: HTMLElement
  readonly values: readonly HTMLElement[]
}

const legendOf = (series: readonly ChartSeries[]): Legend => {
  const values = series.map(() => element('span', { class: 'value' }, '–'))
  const time = element('span', { class: 'time' })
  const root = element('ul', { class: 'legend' })
  series.forEach(({ label, color, dash }, index) => {
    const swatch = element('span', {
      class: dash === undefined ? 'swatch' : 'swatch dashed',
      'aria-hidden': 'true',
    })
    swatch.style.setProperty('--swatch', `var(${color})`)
    root.append(element('li', {}, swatch, element('span', {}, label), values[index]!))
  })
  root.append(element('li', { class: 'at' }, time))
  return { root, time, values }
}

const axes = ({ axisText, steps }: ChartParts): uPlot.Axis[] => {
  const font = '12px system-ui, sans-serif'
  const shared = { font, stroke: () => colorOf('--muted'), ticks: { show: false } }
  return [
    {
      ...shared,
      size: X_AXIS_HEIGHT,
      grid: { show: false },
      space: 70,
      values: (_plot, splits, _axis, _space, step) =>
        splits.map((at) => clockText(at * 1000).slice(0, step < 60 ? 8 : 5)),
      incrs: [15, 30, 60, 120, 300],
    },
    {
      ...shared,
      size: Y_AXIS_WIDTH,
      grid: { stroke: () => colorOf('--line'), width: 1 },
      space: 36,
      values: (_, splits) => splits.map(axisText),
      ...(steps === undefined ? {} : { incrs: [...steps] }),
    },
  ]
}

const plottedSeries = ({ label, color, fill, dash }: ChartSeries): uPlot.Series => ({
  label,
  stroke: () => colorOf(color),
  width: 1.5,
  points: { show: false },
  ...(fill === true ? { fill: () => `color-mix(in srgb, ${colorOf(color)} 14%, transparent)` } : {}),
  ...(dash === undefined ? {} : { dash: [...dash] }),
})

/** A chart that follows the width of its place and the colours of the page. */
export const createChart = (parts: ChartParts): Chart => {
  const legend = legendOf(parts.series)
  const canvas = element('div', { class: 'canvas', role: 'img', 'aria-label': parts.label })
  const root = element('div', { class: 'chart' }, legend.root, canvas)
  let times: readonly number[] = []
  let columns: readonly Points[] = parts.series.map(() => [])
  let plot: uPlot | undefined

  const read = (index: number | null | undefined): void => {
    const at = index ?? times.length - 1
    legend.values.forEach((node, series) => {
      const value = columns[series]?.[at]
      setText(node, value === null || value === undefined ? '–' : parts.valueText(value))
    })
    setText(legend.time, index === null || index === undefined ? '' : clockText((times[at] ?? 0) * 1000))
  }
  const describe = (): void => {
    const texts = parts.series.map(({ label }, index) => {
      const values = numbersOf(columns[index])
      const last = values.at(-1)
      if (last === undefined) return `${label}: no value yet`
      const [low, high] = [Math.min(...values), Math.max(...values)].map(parts.valueText)
      return `${label}: ${parts.valueText(last)}, between ${low} and ${high}`
    })
    canvas.setAttribute('aria-label', `${parts.label}. ${texts.join('. ')}.`)
  }
  const dataOf = (): uPlot.AlignedData => [[...times], ...columns.map((column) => [...column])]
  const draw = (): void => {
    plot?.destroy()
    plot = new uPlot(
      {
        width: Math.max(canvas.clientWidth, 200),
        height: HEIGHT,
        legend: { show: false },
        padding: [14, 6, 0, 0],
        cursor: { y: false, drag: { setScale: false }, points: { size: 7 }, sync: { key: 'time' } },
        scales: {
          x: {
            time: true,
            range: () => {
              const end = times.at(-1) ?? Date.now() / 1000
              return [Math.min(times[0] ?? end, end - SHORTEST_WINDOW), end]
            },
          },
          y: { range: () => [0, topOf(columns, parts.aside ?? [], parts.leastTop)] },
        },
        axes: axes(parts),
        series: [{}, ...parts.series.map(plottedSeries)],
        hooks: {
          setCursor: [(self) => read(self.cursor.idx)],
          draw: [(self) => parts.draw?.(self, colorOf)],
        },
      },
      dataOf(),
      canvas,
    )
  }

  new ResizeObserver(() => {
    if (canvas.clientWidth === 0) return
    if (plot === undefined) draw()
    else if (plot.width !== canvas.clientWidth) plot.setSize({ width: canvas.clientWidth, height: HEIGHT })
  }).observe(canvas)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw())

  return {
    root,
    set: (nextTimes, nextColumns) => {
      times = nextTimes
      columns = nextColumns
      plot?.setData(dataOf())
      read(plot?.cursor.idx)
      describe()
    },
  }
}
