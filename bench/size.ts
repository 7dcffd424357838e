/** What a visitor downloads before the answer. */
import { join } from 'node:path'
import { request } from 'node:http'
import { DEFAULT_BASE_PATH, ENDPOINTS } from '../src/protocol.ts'
import { ensureWebBuilt } from '../web/build.ts'
import type { Bench } from './bench.ts'
import { startGateway } from './gateway.ts'

const GOAL = 14 * 1024

/** Bytes of a body as it goes over the wire, compressed by gzip. */
const gzipBytes = (port: number, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { accept: 'text/html', 'accept-encoding': 'gzip' }
    const asked = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () =>
        response.headers['content-encoding'] === 'gzip'
          ? resolve(bytes)
          : reject(new Error(`${path} is not compressed`)),
      )
    })
    asked.once('error', reject)
    asked.end()
  })

export const benchSize: Bench = async ({ folder, upstream }) => {
  const { challenge } = await ensureWebBuilt()
  await using gateway = await startGateway({ upstream, work: 2 ** 20, logFile: join(folder, 'size.log') })
  const page = await gzipBytes(gateway.port, '/')
  const worker = await gzipBytes(gateway.port, DEFAULT_BASE_PATH + ENDPOINTS.assets + challenge.worker)
  return {
    title: 'Size of the challenge',
    rows: [
      {
        work: 'challenge page with its worker, gzip',
        figure: `${page + worker} B (${page} + ${worker})`,
        reference: '–',
        ratio: '–',
        goal: `≤ ${GOAL} B`,
        held: page + worker <= GOAL,
      },
    ],
  }
}
