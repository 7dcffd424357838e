import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

const FIREFOX_PLACES = ['/usr/bin/firefox-esr', '/usr/bin/firefox']

/** The system's Firefox: `FIREFOX_PATH`, else the usual places. */
export const firefoxPath = (): string => {
  const wanted = process.env['FIREFOX_PATH']
  const found = (wanted ? [wanted] : FIREFOX_PLACES).find((path) => existsSync(path))
  if (!found)
    throw new Error(
      wanted
        ? `FIREFOX_PATH names ${wanted}, which does not exist`
        : 'Firefox is missing: install the Debian package "firefox-esr" (apt-get install firefox-esr) or set FIREFOX_PATH',
    )
  return found
}

const FIREFOX_PREFERENCES = {
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'app.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
}

/** Opens one address in a stock Firefox without a window and with a fresh profile; what it does, the server sees. */
export const openFirefox = async (url: string): Promise<AsyncDisposable> => {
  const profile = await mkdtemp(join(tmpdir(), 'tollgate-firefox-'))
  const preferences = Object.entries(FIREFOX_PREFERENCES)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
    .join('\n')
  await writeFile(join(profile, 'user.js'), preferences)
  const args = ['--headless', '--no-remote', '--profile', profile, url]
  const child = spawn(firefoxPath(), args, { stdio: 'ignore' })
  const gone = once(child, 'exit')
  return {
    async [Symbol.asyncDispose]() {
      child.kill()
      await gone
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
