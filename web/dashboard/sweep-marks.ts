/** Marks every sweep in the chart of its map, with what it removed. */
import type uPlot from 'uplot'
import type { SweepSnapshot } from '../../src/protocol.ts'
import { shortText } from './format.ts'

const LABEL_SPACE = 46
const FONT = 11

const labelOf = ({ result, removed }: SweepSnapshot): string =>
  result === 'failed' ? 'failed' : removed > 0 ? `−${shortText(removed)}` : ''

/** Draws with uPlot's context; a failed sweep is a full line in the colour of alarm. */
export const drawSweeps = (
  plot: uPlot,
  sweeps: readonly SweepSnapshot[],
  color: (name: string) => string,
): void => {
  const { ctx, bbox } = plot
  const ratio = devicePixelRatio
  const bottom = bbox.top + bbox.height
  let labelFrom = bbox.left
  ctx.save()
  ctx.font = `${FONT * ratio}px system-ui, sans-serif`
  ctx.textAlign = 'center'
  ctx.lineWidth = ratio
  for (const sweep of sweeps) {
    const x = Math.round(plot.valToPos(sweep.at / 1000, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    const failed = sweep.result === 'failed'
    const empty = !failed && sweep.removed === 0
    ctx.strokeStyle = color(failed ? '--deny' : '--mark')
    ctx.fillStyle = color(failed ? '--deny' : '--muted')
    ctx.setLineDash(failed ? [] : [3 * ratio, 3 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bottom)
    ctx.lineTo(x, empty ? bottom - 6 * ratio : bbox.top)
    ctx.stroke()
    const label = labelOf(sweep)
    if (label === '' || (!failed && x - (LABEL_SPACE / 2) * ratio < labelFrom)) continue
    ctx.fillText(label, x, bbox.top - 4 * ratio)
    labelFrom = x + (LABEL_SPACE / 2) * ratio
  }
  ctx.restore()
}
