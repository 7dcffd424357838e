import type { Change, Changes, ChangeSample, ChangeSide } from './changes.ts'
import { countText, shareText, shownText } from './table.ts'

const sideText = ({ action, work }: ChangeSide, withWork: boolean): string =>
  `${action.toUpperCase()}${withWork ? ` of ${countText(work)} hashes` : ''}`

const sampleText = ({ log, line, method, path, userAgent, ruleBefore, ruleAfter }: ChangeSample): string =>
  `    ${shownText(log, 40)}:${line} ${shownText(method, 10)} ${shownText(path, 60)}\n` +
  `      ${ruleBefore} → ${ruleAfter}   ${userAgent === '' ? '(no User-Agent)' : shownText(userAgent, 60)}\n`

const changeText = ({ before, after, count, samples }: Change, requests: number): string => {
  // The same action twice: what differs is the work.
  const withWork = before.action === after.action
  const head = `  ${sideText(before, withWork)} → ${sideText(after, withWork)}: ${countText(count)} (${shareText(count / requests)})\n`
  return head + samples.map(sampleText).join('')
}

/** What becomes different, with samples; of what stays the same no more than how much. */
export const changesText = (
  { changes, changed, others, otherRule, oneSided }: Changes,
  requests: number,
): string => {
  const head =
    changed === 0 ? 'Nothing changes' : `${countText(changed)} of ${countText(requests)} requests change`
  const rest = [
    others > 0 ? `  other changes: ${countText(others)}\n` : '',
    otherRule > 0 ? `  the same outcome by a rule of another name: ${countText(otherRule)}\n` : '',
    oneSided > 0 ? `  of which only one of the two asks its rules: ${countText(oneSided)}\n` : '',
  ]
  return `\n${head}\n${changes.map((change) => changeText(change, requests)).join('')}${rest.join('')}`
}
