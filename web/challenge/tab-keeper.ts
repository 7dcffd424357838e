import type { Keeper } from './guard.ts'

const KEY = 'tollgate'

/** The tab's session storage; where that is blocked its window name, if the site does not use it. */
export const tabKeeper = (window: Window): Keeper => {
  const named = (): boolean => window.name === '' || window.name.startsWith(KEY)
  return {
    read() {
      try {
        return window.sessionStorage.getItem(KEY) ?? ''
      } catch {
        return window.name.startsWith(KEY) ? window.name.slice(KEY.length) : ''
      }
    },
    write(text) {
      try {
        if (text) window.sessionStorage.setItem(KEY, text)
        else window.sessionStorage.removeItem(KEY)
      } catch {
        if (named()) window.name = text && KEY + text
      }
    },
  }
}
