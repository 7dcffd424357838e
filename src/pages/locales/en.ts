import type { Locale } from '../locale.ts'

export const en: Locale = {
  lang: 'en',
  dir: 'ltr',
  shared: {
    referenceLabel: 'Reference',
    contact:
      'If this keeps happening, the people who run this site can help. Please give them the reference below.',
  },
  challenge: {
    title: 'One moment, please',
    heading: 'One moment, please',
    lead: 'Before this site opens, your browser does a little arithmetic. You do not need to do anything; the page you asked for follows by itself.',
    progress: 'Work done',
    retry: 'Try again',
    back: 'The page you asked for',
    copy: 'Copy',
    noscriptHeading: 'JavaScript is needed here',
    noscript:
      'Before this site opens, your browser does a little arithmetic, and it does that in JavaScript. With JavaScript allowed for this site, reloading the page is enough.',
    noscriptHelp:
      'If you would rather not allow it, the people who run this site can help. Please give them the reference below.',
    question: 'What is happening here?',
    what: 'Sites are often fetched by automated programs, thousands of pages at a time. This one asks each new visitor for a short computation (SHA-256 hashes). For one visit that is hardly noticeable; for a program that fetches everything it adds up.',
    privacy:
      'The computation runs in this tab only. Nothing is installed, nothing about you is collected, and nothing goes to third parties. Afterwards a cookie of this site remembers that the work is done.',
  },
  script: {
    work: 'About {count} hashes',
    left: 'about {seconds} seconds left',
    almost: 'nearly there',
    waiting: 'Another tab is at work; this one follows.',
    retrying: 'No answer yet; trying again.',
    started: 'Your browser is working. The page opens by itself.',
    done: 'Done. The page opens now.',
    failed: 'This did not work',
    copied: 'Copied',
    failures: {
      'cookies-off':
        'Your browser does not keep cookies for this site at the moment. One cookie is needed to remember that the work is done. Once cookies are allowed, please try again.',
      'cookies-refused':
        'Your browser did the work and the site accepted it, but the cookie that remembers it did not come back. A setting or an extension may be keeping cookies from this site. Once cookies are allowed, please try again.',
      network:
        'Your browser did the work, but the site could not be reached to hand it in. Please check the connection and try again.',
      refused: 'The site did not accept the result. That is no fault of yours; a new try gets new numbers.',
      expired: 'The result came too late, and so did the next one. A new try starts afresh.',
      spent: 'This result has been used already, perhaps in another tab. A new try gets new numbers.',
      script: 'Something in this page did not run as it should in your browser. A new try may help.',
    },
  },
  refusal: { back: 'Back to the page you came for' },
}
