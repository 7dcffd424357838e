import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DashboardSnapshot } from '../../src/protocol.ts'
import { launchChromium } from '../browser.ts'
import { MAKES_PICTURES, pictureFile } from './pictures.ts'
import { tollgate } from './process.ts'

const ABANDONED = MAKES_PICTURES ? 1_000_000 : 30_000
const CAPACITY = MAKES_PICTURES ? 300_000 : 10_000
const INTERVAL = MAKES_PICTURES ? '10s' : '1s'
const TTL = MAKES_PICTURES ? '60s' : '3s'

const snapshotOf = async (admin: string): Promise<DashboardSnapshot> =>
  (await (await fetch(`${admin}/api/snapshot`)).json()) as DashboardSnapshot

const openOf = ({ maps }: DashboardSnapshot) => maps.find(({ map }) => map === 'challenges')!

test(
  'abandoned challenges come and go: never more than the capacity, all swept in the end, memory stays flat',
  { timeout: MAKES_PICTURES ? 600_000 : 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-'))
    const config = join(folder, 'tollgate.yaml')
    writeFileSync(
      config,
      `listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\nchallenge: { ttl: ${TTL} }\n` +
        `store: { capacity: ${CAPACITY}, cleanup_interval: ${INTERVAL} }\n`,
    )
    await using gateway = tollgate('serve', '--config', config)
    const site = (await gateway.seen(/site {3}(http:\S+)/))[1]!
    const admin = (await gateway.seen(/admin {2}(http:\S+)/))[1]!
    const browser = await launchChromium()
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(admin)

    // The first tenth warms up code and pages; what comes after must not add memory.
    await tollgate('flood', '--url', site, '--abandon', String(ABANDONED / 10)).ended
    const warm = await snapshotOf(admin)
    const flood = tollgate('flood', '--url', site, '--abandon', String(ABANDONED))
    expect({ status: await flood.ended, said: flood.text() }).toMatchObject({ status: 0 })
    const full = await snapshotOf(admin)
    expect(openOf(full).entries).toBeLessThanOrEqual(CAPACITY)
    expect(full.funnel.issued).toBe(ABANDONED * 1.1)

    let last = full
    while (openOf(last).entries > 0) {
      await new Promise((resolve) => {
        setTimeout(resolve, 250)
      })
      last = await snapshotOf(admin)
    }
    await page.screenshot({ path: pictureFile('flood'), fullPage: true })
    await browser.close()
    expect(last.funnel.abandoned + openOf(last).evictions).toBe(ABANDONED * 1.1)
    expect(openOf(last).bytes).toBe(openOf(warm).bytes)
    expect(last.rssBytes - warm.rssBytes).toBeLessThan(64 * 2 ** 20)
    rmSync(folder, { recursive: true })
  },
)
