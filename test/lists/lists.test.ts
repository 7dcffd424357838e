import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/base/address.ts'
import { attachLists } from '../../src/lists/attach.ts'
import { createLists } from '../../src/lists/create.ts'
import type { ListKeeper, ListsParts } from '../../src/lists/create.ts'
import type { ListReport, Lists } from '../../src/lists/lists.ts'
import { listsSchema } from '../../src/lists/options.ts'
import type { ListsOptions } from '../../src/lists/options.ts'
import { plain, startListServer } from './list-server.ts'
import type { ListServer } from './list-server.ts'

const HOUR = 3_600_000
const addressOf = (text: string) => parseAddress(text)!
const lines = (many: number, from = 0): string =>
  Array.from({ length: many }, (_, at) => `10.${(from + at) >>> 8}.${(from + at) & 255}.1`).join('\n')
const optionsOf = (url: string, more: object = {}): ListsOptions =>
  listsSchema.parse({ bots: { url, ...more } })

let server: ListServer
let folder: string
const open: ListKeeper[] = []

beforeEach(async () => {
  server = await startListServer()
  folder = await mkdtemp(join(tmpdir(), 'tollgate-lists-'))
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((keeper) => keeper[Symbol.asyncDispose]()))
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

interface Stage {
  readonly keeper: ListKeeper
  readonly lists: Lists
  readonly reports: ListReport[]
  readonly delays: number[]
  now: number
}

const start = async (options: ListsOptions, more: Partial<ListsParts> = {}): Promise<Stage> => {
  const lists = attachLists([])
  const reports: ListReport[] = []
  const delays: number[] = []
  const time = { now: 1.7e12 }
  const keeper = createLists({
    options,
    clock: () => time.now,
    random: () => 0.5,
    schedule: (_run, delay) => {
      delays.push(delay)
      return () => {}
    },
    onList(report) {
      reports.push(report)
      if (report.handle !== undefined) lists.replace(report.handle)
    },
    timeout: 400,
    ...more,
  })
  open.push(keeper)
  await keeper.start()
  for (const handle of keeper.handles()) lists.replace(handle)
  await keeper.settled()
  return Object.assign(time, { keeper, lists, reports, delays })
}

/** A hundred addresses are in force, then the server does something else. */
const afterGood = async (
  answer: RequestListener,
  more: object = {},
): Promise<Stage & { report: ListReport }> => {
  server.answer = plain(lines(100), { etag: '"one"', 'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT' })
  const stage = await start(optionsOf(server.url, more), { folder })
  server.answer = answer
  stage.now += HOUR
  const report = await stage.keeper.refresh('bots')!
  return Object.assign(stage, { report })
}

test('a list is fetched at the start and asked for by name', async () => {
  server.answer = plain('# ranges\r\n192.0.2.0/24 ; office\r\n\r\n  2001:db8::/32\t# lab\r\n198.51.100.7')
  const { lists, keeper, reports, delays } = await start(optionsOf(server.url))
  expect(lists.has('bots', addressOf('192.0.2.200'))).toBe(true)
  expect(lists.has('bots', addressOf('2001:db8::1'))).toBe(true)
  expect(lists.has('bots', addressOf('198.51.100.8'))).toBe(false)
  expect(lists.has('others', addressOf('192.0.2.200'))).toBe(false)
  expect(reports).toMatchObject([{ list: 'bots', result: 'fresh', entries: 3 }])
  expect(keeper.status()).toEqual([
    { name: 'bots', entries: 3, age: 0, fetchedAt: 1.7e12, lastResult: 'fresh', malformed: 0 },
  ])
  expect(delays).toEqual([24 * HOUR])
})

test('every address and range that stands in a JSON document is taken', async () => {
  const document = {
    creationTime: '2026-01-01T00:00:00',
    prefixes: [
      { ipv4Prefix: '192.0.2.0/24' },
      { ipv6Prefix: '2001:db8::/32', service: 'x' },
      ['198.51.100.7'],
    ],
  }
  server.answer = plain(` ${JSON.stringify(document)}`)
  const { lists, reports } = await start(optionsOf(server.url))
  expect(reports).toMatchObject([{ result: 'fresh', entries: 3 }])
  expect(lists.has('bots', addressOf('198.51.100.7'))).toBe(true)
})

describe('the last good copy stays in force', () => {
  const nothing: RequestListener = (_request, response) => void response.writeHead(304).end()
  const truncated: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': '5000' }).write(lines(60))
    setImmediate(() => response.destroy())
  }
  const endless: RequestListener = (_request, response) => {
    response.writeHead(200)
    const drip = setInterval(() => response.write('10.1.1.1\n'), 20)
    response.on('close', () => clearInterval(drip))
  }
  const silent: RequestListener = () => {}
  const circle: RequestListener = (_request, response) =>
    void response.writeHead(302, { location: '/list?again' }).end('moved')
  const huge: RequestListener = (_request, response) => {
    response.writeHead(200)
    const block = Buffer.alloc(1024 * 1024, '#')
    const pump = (): void => {
      while (!response.destroyed && response.write(block));
    }
    response.on('drain', pump)
    pump()
  }
  const hundreds = plain(lines(10_000))
  const dump = (_: unknown, response: Parameters<RequestListener>[1]) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end('\x1f\x8b')

  test.each<[string, RequestListener, string, string]>([
    ['nothing is new', nothing, 'unchanged', ''],
    ['the server fails', (_, response) => void response.writeHead(500).end(), 'failed', 'answered 500'],
    ['it is gone', (_, response) => void response.writeHead(404).end(lines(100)), 'failed', 'answered 404'],
    ['the body is empty', plain(''), 'refused', 'has 0 entries, fewer than min_entries (1)'],
    ['only comments came', plain('# closed\n'), 'refused', 'has 0 entries, fewer than min_entries (1)'],
    ['the body breaks off', truncated, 'failed', 'could not be had: UND_ERR_SOCKET'],
    ['the JSON breaks off', plain('{"prefixes": [{"ipv4Prefix": "10.0.0'), 'refused', 'is not whole JSON'],
    [
      'it is a hundred times larger',
      hundreds,
      'refused',
      'has 10000 entries, and 100 before: more of a change than max_change allows (50%)',
    ],
    [
      'it has shrunk by more than half',
      plain(lines(49)),
      'refused',
      'has 49 entries, and 100 before: more of a change than max_change allows (50%)',
    ],
    [
      'it is a page',
      plain('<html>\n<body>Maintenance\n</body>'),
      'refused',
      'has 3 lines that are no address and no range, and 0 that are',
    ],
    [
      'more than 1 % cannot be read',
      plain(`${lines(100)}\n10.0.0.1/8\n300.1.1.1`),
      'refused',
      'has 2 lines that are no address and no range, and 100 that are',
    ],
    [
      'one range is everything',
      plain(`${lines(100)}\n0.0.0.0/0`),
      'refused',
      'has a range that holds too much of all addresses',
    ],
    ['the body never ends', endless, 'failed', 'took too long'],
    ['no answer comes', silent, 'failed', 'took too long'],
    ['it redirects in a circle', circle, 'failed', 'answered with more than 3 redirects'],
    [
      'it redirects elsewhere',
      (_, response) => void response.writeHead(301, { location: 'file:///etc/hosts' }).end(),
      'failed',
      'answered with a redirect to file:',
    ],
    ['it is compressed unasked', dump, 'failed', 'answered with a compressed body that was not asked for'],
  ])('when %s', async (_what, answer, result, detail) => {
    const { report, lists, keeper } = await afterGood(answer)
    expect(report).toMatchObject({ list: 'bots', result, entries: 100 })
    expect(report.detail ?? '').toBe(detail)
    expect(lists.has('bots', addressOf('10.0.99.1'))).toBe(true)
    expect(lists.has('bots', addressOf('10.0.100.1'))).toBe(false)
    const age = result === 'unchanged' ? 0 : HOUR
    expect(keeper.status()).toMatchObject([{ entries: 100, age, lastResult: result }])
    const copied = await start(optionsOf('http://127.0.0.1:9/list'), { folder })
    expect(copied.keeper.handles()).toEqual([])
    server.answer = (_request, response) => void response.writeHead(500).end()
    const restarted = await start(optionsOf(server.url), { folder })
    expect(restarted.lists.has('bots', addressOf('10.0.99.1'))).toBe(true)
    expect(restarted.keeper.status()).toMatchObject([{ entries: 100, lastResult: 'failed' }])
  })

  test('when the body is larger than 64 MB', async () => {
    server.answer = huge
    const { reports } = await start(optionsOf(server.url), { timeout: 30_000 })
    expect(reports).toMatchObject([{ result: 'failed', detail: 'is larger than 67108864 bytes' }])
  })

  test('when there are more than max_entries', async () => {
    const { report } = await afterGood(plain(lines(131)), { max_entries: 130 })
    expect(report).toMatchObject({ result: 'refused', detail: 'has more than 130 entries', entries: 100 })
  })
})

test('a changed copy comes into force at once, and is what is found after a restart', async () => {
  const { report, lists } = await afterGood(plain(`${lines(140)}\nbroken`))
  expect(report).toMatchObject({ result: 'fresh', entries: 140 })
  expect(lists.has('bots', addressOf('10.0.139.1'))).toBe(true)
  server.answer = (_request, response) => void response.destroy()
  const restarted = await start(optionsOf(server.url), { folder })
  expect(restarted.lists.has('bots', addressOf('10.0.139.1'))).toBe(true)
  expect(restarted.keeper.status()).toMatchObject([{ entries: 140, malformed: 1, lastResult: 'failed' }])
})

test('the server is asked whether there is something new, also after a restart', async () => {
  const notModified: RequestListener = (_request, response) => void response.writeHead(304).end()
  const { report } = await afterGood(notModified)
  expect(report.result).toBe('unchanged')
  const restarted = await start(optionsOf(server.url), { folder })
  expect(restarted.reports).toMatchObject([{ result: 'unchanged', entries: 100 }])
  for (const { headers } of server.requests.slice(1)) {
    expect(headers).toMatchObject({
      'if-none-match': '"one"',
      'if-modified-since': 'Tue, 14 Nov 2023 22:13:20 GMT',
    })
  }
  expect(server.requests[0]?.headers['if-none-match']).toBeUndefined()
})

test('a 304 that nobody asked for is no list', async () => {
  server.answer = (_request, response) => void response.writeHead(304).end()
  const { reports } = await start(optionsOf(server.url))
  expect(reports).toMatchObject([{ result: 'failed', entries: 0, detail: 'answered 304' }])
})

test('three redirects are followed', async () => {
  server.answer = (request, response) => {
    const turn = Number(request.url?.split('?')[1] ?? 0)
    if (turn < 3) response.writeHead(307, { location: `/list?${turn + 1}` }).end()
    else response.end(lines(5))
  }
  const { reports } = await start(optionsOf(server.url))
  expect(reports).toMatchObject([{ result: 'fresh', entries: 5 }])
})

test('failures are tried again soon, then less often, and never less often than a good list', async () => {
  server.answer = (_request, response) => void response.writeHead(503).end()
  const { keeper, delays } = await start(optionsOf(server.url, { refresh: '3m' }))
  for (let time = 0; time < 4; time++) await keeper.refresh('bots')
  server.answer = plain(lines(3))
  await keeper.refresh('bots')
  expect(delays).toEqual([30_000, 60_000, 120_000, 180_000, 180_000, 180_000])
})

test('a damaged copy on disk is not used', async () => {
  await afterGood(plain(lines(100)))
  const path = join(folder, 'bots.list')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('10.0.50.1', '10.9.50.1'))
  expect((await readdir(folder)).toSorted()).toEqual(['bots.list'])
  expect(text).not.toContain(server.url)
  server.answer = (_request, response) => void response.writeHead(500).end()
  const { keeper } = await start(optionsOf(server.url), { folder })
  expect(keeper.status()).toMatchObject([{ entries: 0, age: undefined }])
})

test('a copy that cannot be written is in force all the same', async () => {
  server.answer = plain(lines(4))
  await writeFile(join(folder, 'file'), '')
  const { reports, lists } = await start(optionsOf(server.url), { folder: join(folder, 'file') })
  expect(reports).toMatchObject([
    { result: 'fresh', entries: 4, detail: 'the last good copy could not be written: EEXIST' },
  ])
  expect(lists.has('bots', addressOf('10.0.3.1'))).toBe(true)
})

test('a list may be a file', async () => {
  const path = join(folder, 'list.txt')
  await writeFile(path, lines(10))
  const stage = await start(listsSchema.parse({ own: { file: path } }))
  expect(stage.reports).toMatchObject([{ list: 'own', result: 'fresh', entries: 10 }])
  expect(await stage.keeper.refresh('own')).toMatchObject({ result: 'unchanged' })
  await writeFile(path, lines(12))
  expect(await stage.keeper.refresh('own')).toMatchObject({ result: 'fresh', entries: 12 })
  await rm(path)
  expect(await stage.keeper.refresh('own')).toMatchObject({
    result: 'failed',
    entries: 12,
    detail: 'could not be had: ENOENT',
  })
  await chmod(folder, 0o755)
  const folderList = await start(listsSchema.parse({ own: { file: folder } }))
  expect(folderList.reports).toMatchObject([{ result: 'failed', detail: 'is no regular file' }])
})

test('a reload keeps the copies of lists that stay, and takes those of a new source when they have come', async () => {
  server.answer = plain(lines(100))
  const stage = await start(listsSchema.parse({ bots: { url: server.url }, gone: { url: server.url } }))
  server.answer = (_request, response) => void response.writeHead(500).end()
  const moved = `${server.url}?moved`
  await stage.keeper.configure(listsSchema.parse({ bots: { url: moved }, more: { url: server.url } }))
  await stage.keeper.settled()
  stage.lists.keep(['bots', 'more'])
  expect(stage.keeper.status().map(({ name, entries }) => [name, entries])).toEqual([
    ['bots', 100],
    ['more', 0],
  ])
  expect(stage.lists.has('gone', addressOf('10.0.1.1'))).toBe(false)
  expect(stage.lists.has('bots', addressOf('10.0.1.1'))).toBe(true)
  server.answer = plain(lines(3, 500))
  expect(await stage.keeper.refresh('bots')).toMatchObject({ result: 'fresh', entries: 3 })
  expect(stage.lists.has('bots', addressOf('10.0.1.1'))).toBe(false)
})

test.each([
  [{ a: {} }, 'must have either url or file'],
  [{ a: { url: 'ftp://example.org/' } }, 'must begin with https:// or http://'],
  [{ a: { url: 'example' } }, 'must be a URL such as https://example.org/ranges.txt'],
  [{ a: { file: '/x', max_change: '0.5' } }, 'must be a percentage such as 50%, at most 100000%'],
])('%j: %s', (options, fault) => {
  expect(listsSchema.safeParse(options).error?.issues[0]?.message).toBe(fault)
})
