import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The system's Chromium: `CHROMIUM_PATH`, else the usual places. */
export const chromiumPath = (): string => {
  const wanted = process.env['CHROMIUM_PATH']
  const found = (wanted ? [wanted] : PLACES).find((path) => existsSync(path))
  if (!found)
    throw new Error(
      wanted
        ? `CHROMIUM_PATH names ${wanted}, which does not exist`
        : 'Chromium is missing: install the Debian package "chromium" (apt-get install chromium) or set CHROMIUM_PATH',
    )
  return found
}

const QUIET = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Headless; the caller closes it. Further arguments go to the browser. */
export const launchChromium = (args: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    chromiumSandbox: false,
    args: [...QUIET, ...args],
  })
