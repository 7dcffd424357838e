/** The seam of a language. Types only. */
import type { PageTexts } from '../protocol.ts'

/** All texts of the pages in one language; a language is one more file in `locales/`. */
export interface Locale {
  /** BCP 47. */
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** Shown on every page. */
  readonly shared: { readonly referenceLabel: string; readonly contact: string }
  readonly challenge: {
    readonly title: string
    readonly heading: string
    readonly lead: string
    readonly progress: string
    readonly retry: string
    readonly back: string
    readonly copy: string
    readonly noscriptHeading: string
    readonly noscript: string
    readonly noscriptHelp: string
    readonly question: string
    readonly what: string
    readonly privacy: string
  }
  readonly script: PageTexts
  readonly refusal: { readonly back: string }
}
