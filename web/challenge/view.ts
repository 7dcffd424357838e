import type { PageFailure, PageTexts } from '../../src/protocol.ts'
import type { Progress } from './progress.ts'

export interface View {
  begin(hashes: number): void
  /** Words beside the bar instead of an estimate. */
  say(text: string): void
  progress(progress: Progress): void
  done(): void
  fail(failure: PageFailure): void
}

export interface ViewParts {
  readonly document: Document
  readonly texts: PageTexts
  readonly site: string
  readonly onRetry: () => void
}

/** A person cannot read what is gone sooner, and a screen reader should not be started for it. */
const UNNOTICED = 400

export const createView = ({ document, texts, site, onRetry }: ViewParts): View => {
  const find = (id: string): HTMLElement => {
    const element = document.getElementById(id)
    if (!element) throw new Error(`no #${id}`)
    return element
  }
  const put = (id: string, text: string): void => {
    const element = find(id)
    if (element.textContent !== text) element.textContent = text
  }
  const number = (n: number): string => n.toLocaleString(document.documentElement.lang)
  const bar = document.querySelector('progress')
  let announcement: ReturnType<typeof setTimeout> | undefined
  const announce = (text: string, delay = 0): void => {
    clearTimeout(announcement)
    announcement = setTimeout(() => put('status', text), delay)
  }

  put('site', site)
  find('retry').addEventListener('click', onRetry)
  find('back').setAttribute('href', document.URL)
  find('back').addEventListener('click', (event) => {
    // A link to the same address with a fragment would go nowhere.
    event.preventDefault()
    onRetry()
  })
  const reference = find('reference')
  const copy = find('copy')
  copy.addEventListener('click', () => {
    getSelection()?.selectAllChildren(reference)
    const copied = navigator.clipboard?.writeText(reference.textContent ?? '') as Promise<void> | undefined
    const tell = (): void => announce((copy.textContent = texts.copied))
    if (copied) copied.then(tell, () => {})
    else if (document.execCommand('copy')) tell()
  })

  return {
    begin(hashes) {
      put('amount', texts.work.replace('{count}', number(hashes)))
      announce(texts.started, UNNOTICED)
    },
    say: (text) => put('left', text),
    progress({ value, secondsLeft }) {
      if (bar) bar.value = value
      const seconds = Math.ceil(secondsLeft ?? 0)
      if (secondsLeft !== undefined)
        put('left', seconds < 2 ? texts.almost : texts.left.replace('{seconds}', number(seconds)))
    },
    done() {
      if (bar) bar.value = 1
      put('left', texts.done)
      announce(texts.done)
    },
    fail(failure) {
      document.documentElement.classList.add('failed')
      put('heading', texts.failed)
      document.title = texts.failed
      put('why', texts.failures[failure])
      announce(`${texts.failed} ${texts.failures[failure]}`)
    },
  }
}
